"""The cloud's settings: every outside thing by a URL. Given on the command line; nothing is read from elsewhere."""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit


class BadSetting(ValueError):
    """A setting cannot be used; the text says what to write instead."""


@dataclass(frozen=True, slots=True)
class Settings:
    """broker: mqtt://host:port, or embedded://host:port to run one in this process.

    records: an SQLAlchemy URL, sqlite:///file or postgresql+psycopg://…
    telemetry: sqlite:///file, or influx+http://[token@]host:port for InfluxDB 2 and VictoriaMetrics.
    listen: host:port of the API and the wall. host_id: the Sparkplug primary host's id.
    city_key, person_key: the city's secrets; without the first no text message is sent. edge_token: with it, and both
    keys, boxes may ask (docs/edge-api.md). office_key: signs; with it and both keys the city keeps cases of its own.
    archive_pages: the folder of scans, encrypted with a key that is derived from person_key; without it none are taken.
    sandbox: how what stands in for others behaves; None: all is well.
    """

    broker: str
    records: str
    telemetry: str
    listen: str = "127.0.0.1:8080"
    host_id: str = "onetrip"
    city_key: Path | None = None
    person_key: Path | None = None
    edge_token: Path | None = None
    sandbox: Path | None = None
    office_key: Path | None = None
    archive_pages: Path | None = None

    def __post_init__(self) -> None:
        _check("--broker", self.broker, ("mqtt://", "embedded://"))
        _check("--records", self.records, ("sqlite:///", "postgresql+psycopg://"))
        _check("--telemetry", self.telemetry, ("sqlite:///", "influx+http://", "influx+https://"))
        _ = self.broker_address, self.address
        if self.edge_token and not (self.city_key and self.person_key):
            raise BadSetting("--edge-token needs --city-key and --person-key; make them with onetrip city-key make DIR")
        if not re.fullmatch(r"[0-9A-Za-z-]{1,64}", self.host_id):
            raise BadSetting(f"--host-id {self.host_id!r}: write letters, digits and hyphens only")

    @property
    def broker_is_embedded(self) -> bool:
        return self.broker.startswith("embedded://")

    @property
    def broker_url(self) -> str:
        return "mqtt://" + self.broker.partition("://")[2] if self.broker_is_embedded else self.broker

    @property
    def broker_address(self) -> tuple[str, int]:
        try:
            parts = urlsplit(self.broker)
            return parts.hostname or "127.0.0.1", parts.port or 1883
        except ValueError as wrong:
            raise BadSetting(f"--broker {self.broker!r}: {wrong}; for example mqtt://127.0.0.1:1883") from None

    @property
    def address(self) -> tuple[str, int]:
        return address(self.listen, "--listen")


def address(text: str, option: str) -> tuple[str, int]:
    """`host:port` -> (host, port). Raises BadSetting."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise BadSetting(f"{option} {text!r}: write host:port, for example 127.0.0.1:8080")
    return host.strip("[]"), int(port)


def _check(option: str, url: str, beginnings: tuple[str, ...]) -> None:
    if not url.startswith(beginnings):
        raise BadSetting(f"{option} {url!r}: the URL must begin with {' or '.join(beginnings)}")
