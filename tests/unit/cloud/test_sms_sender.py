"""The sender's loop while the records or the gateway fail, and what it shows of a number."""

import threading
from collections.abc import Mapping
from typing import Any

import pytest

from cloud.ports import RecordsUnavailable, SmsGatewayDown, WaitingSms
from cloud.services.sms_sender import SmsSender, mask
from tests.unit.cloud.facility import NOW_MS


class Box:
    """One message, which is there when the records have failed for a while."""

    def __init__(self, fails: int, stopping: threading.Event) -> None:
        self._fails, self._stopping = fails, stopping
        self.told: list[str] = []

    def take(self, _now_ms: int, _until_ms: int) -> list[WaitingSms]:
        if self._fails:
            self._fails -= 1
            raise RecordsUnavailable("records: down")
        return [WaitingSms("f-1", "m-1", "AAAA", 0, NOW_MS)]

    def sent(self, _sms: WaitingSms, phone_masked: str, _at_ms: int) -> None:
        self.told.append(f"sent {phone_masked}")
        self._stopping.set()

    def again(self, _sms: WaitingSms, tries: int, at_ms: int) -> None:
        self.told.append(f"again {tries} after {at_ms - NOW_MS}")

    def failed(self, _sms: WaitingSms, _tries: int, reason: str) -> None:
        self.told.append(reason)


class Gateway:
    def __init__(self, down: int) -> None:
        self._down = down

    def send(self, sms: str, phone: str, text: str) -> None:
        if self._down:
            self._down -= 1
            raise SmsGatewayDown("nobody answers")
        assert (sms, phone, text) == ("f-1/m-1", "000-12345678", "好")


def opened(_about: str, _sealed: str) -> Mapping[str, Any]:
    return {"phone": "000-12345678", "text": "好"}


def test_loop_goes_on_when_records_and_gateway_are_back(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("cloud.services.sms_sender._EVERY_S", 0.01)
    stopping = threading.Event()
    box = Box(3, stopping)
    SmsSender(box, opened, Gateway(2), lambda: NOW_MS).run(stopping)
    assert box.told == ["again 0 after 5000", "again 0 after 5000", "sent 000-****5678"]
    assert len(caplog.messages) == 1  # said once, not at each try
    assert "12345678" not in caplog.text


@pytest.mark.parametrize(
    ("phone", "shown"),
    [("138" + "0" * 4 + "1234", "138****1234"), ("000-12345678", "000-****5678"), ("12345", "****"), ("", "****")],
)
def test_number_is_shown_masked(phone: str, shown: str) -> None:
    assert mask(phone) == shown
