"""Settings: what is taken, and how a mistake is said."""

from pathlib import Path

import pytest

from cloud.settings import BadSetting, Settings

GOOD = {"broker": "mqtt://10.0.0.5", "records": "sqlite:///r.db", "telemetry": "sqlite:///t.db"}


def test_defaults_and_parts() -> None:
    settings = Settings(**GOOD)
    assert settings.broker_address == ("10.0.0.5", 1883)
    assert settings.address == ("127.0.0.1", 8080)
    assert not settings.broker_is_embedded


def test_embedded_broker_is_reached_by_mqtt() -> None:
    settings = Settings(**{**GOOD, "broker": "embedded://127.0.0.1:2883"})
    assert settings.broker_is_embedded
    assert settings.broker_url == "mqtt://127.0.0.1:2883"
    assert settings.broker_address == ("127.0.0.1", 2883)


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("broker", "127.0.0.1:1883", "--broker '127.0.0.1:1883': the URL must begin with mqtt:// or embedded://"),
        ("broker", "http://x", "must begin with mqtt://"),
        ("broker", "mqtt://host:port", "--broker 'mqtt://host:port': .*for example mqtt://127.0.0.1:1883"),
        ("broker", "embedded://127.0.0.1:99999", "--broker .*out of range"),
        (
            "records",
            "records.db",
            "--records 'records.db': the URL must begin with sqlite:/// or postgresql\\+psycopg:",
        ),
        ("records", "postgresql://db/onetrip", "must begin with sqlite:/// or postgresql\\+psycopg://"),
        ("telemetry", "sqlite://t.db", "--telemetry 'sqlite://t.db': the URL must begin with sqlite:///"),
        ("telemetry", "http://localhost:8086", "influx\\+http://"),
        ("listen", "8080", "--listen '8080': write host:port, for example 127.0.0.1:8080"),
        ("listen", "localhost:http", "write host:port"),
        ("listen", "localhost:70000", "write host:port"),
        ("listen", ":8080", "write host:port"),
    ],
)
def test_mistake_is_named_with_what_to_write_instead(option: str, value: str, told: str) -> None:
    with pytest.raises(BadSetting, match=told):
        Settings(**{**GOOD, option: value})


def test_ipv6_address_is_taken_with_brackets() -> None:
    assert Settings(**GOOD, listen="[::1]:8080").address == ("::1", 8080)


@pytest.mark.parametrize("given", [{}, {"city_key": Path("city.key")}, {"person_key": Path("person.key")}])
def test_boxes_may_ask_only_where_both_keys_are(given: dict[str, Path]) -> None:
    with pytest.raises(BadSetting, match="--edge-token needs --city-key and --person-key; make them"):
        Settings(**GOOD, **given, edge_token=Path("edge.token"))  # type: ignore[arg-type]
