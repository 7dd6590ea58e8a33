"""Sends waiting text messages, each once: the gateway knows a message by its id, whoever hands it over again.

A message that the gateway does not take is tried three times more; while the gateway does not answer at all, everything
waits. What cannot be opened or has no number fails alone, and is said at /api/sms.
"""

import logging
import re
import threading
from collections.abc import Callable

from cloud.ports import (
    Opener,
    RecordsUnavailable,
    SmsBox,
    SmsGateway,
    SmsGatewayDown,
    SmsNotTaken,
    SmsRefused,
    WaitingSms,
)
from contract.sealing import CannotOpen

_EVERY_S = 0.5
_LEASE_MS = 30_000  # who dies in the middle of it leaves it to the next one after that
_AGAIN_AFTER_MS = (5_000, 15_000, 60_000)
_DOWN_MS = 5_000
_TOO_OLD_MS = 24 * 3600_000
_PHONE = re.compile(r"\+?[0-9-]{5,20}")
log = logging.getLogger(__name__)


class SmsSender:
    def __init__(self, box: SmsBox, opener: Opener, gateway: SmsGateway, clock: Callable[[], int]) -> None:
        self._box, self._open, self._gateway, self._clock = box, opener, gateway, clock
        self._failing = False

    def run(self, stopping: threading.Event) -> None:
        sent = 0
        while not stopping.wait(0 if sent else _EVERY_S):  # after an outage there is more than one batch
            try:
                sent = self.send_due()
            except (RecordsUnavailable, SmsGatewayDown) as error:
                if not self._failing:
                    log.warning("text messages wait: %s", error)
                self._failing, sent = True, 0
            else:
                self._failing = False

    def send_due(self) -> int:
        """How many were sent. Raises RecordsUnavailable; SmsGatewayDown, and then nothing was lost but time."""
        sent, now_ms = 0, self._clock()
        taken = self._box.take(now_ms, now_ms + _LEASE_MS)
        for number, sms in enumerate(taken):
            try:
                sent += self._send(sms)
            except SmsGatewayDown:
                for waiting in taken[number:]:
                    self._box.again(waiting, waiting.tries, self._clock() + _DOWN_MS)
                raise
        return sent

    def _send(self, sms: WaitingSms) -> bool:
        if self._clock() - sms.received_at_ms > _TOO_OLD_MS:
            self._box.failed(sms, sms.tries, "the gateway took no message for a day")
            return False
        try:
            fields = self._open(f"sms/{sms.id}", sms.sealed or "")
        except CannotOpen as wrong:
            self._box.failed(sms, sms.tries, str(wrong))
            return False
        phone, text = str(fields.get("phone", "")), str(fields.get("text", ""))
        if not _PHONE.fullmatch(phone) or not text:
            self._box.failed(sms, sms.tries, "it has no text, or no phone number")
            return False
        try:
            self._gateway.send(f"{sms.facility}/{sms.id}", phone, text)
        except SmsRefused as refused:
            self._box.failed(sms, sms.tries + 1, str(refused))
        except SmsNotTaken as error:
            self._again(sms, str(error))
        else:
            self._box.sent(sms, mask(phone), self._clock())
            return True
        return False

    def _again(self, sms: WaitingSms, reason: str) -> None:
        if sms.tries >= len(_AGAIN_AFTER_MS):
            self._box.failed(sms, sms.tries + 1, reason)
        else:
            self._box.again(sms, sms.tries + 1, self._clock() + _AGAIN_AFTER_MS[sms.tries])


def mask(phone: str) -> str:
    """138****5678, 000-****5678; of a short one nothing."""
    if len(phone) < 11:
        return "****"
    kept = 4 if phone.startswith("000-") else 3
    return f"{phone[:kept]}****{phone[-4:]}"
