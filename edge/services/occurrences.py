"""What each occurrence at a device means: which events it becomes."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Any

from contract.events.data import EventData
from contract.events.types import (
    CremationStep,
    DeviceFault,
    DeviceTold,
    DeviceUpdated,
    DoorEvent,
    RatingGiven,
    SignatureCaptured,
    TagRead,
)
from edge.domain.alarm_rules import AlarmRules
from edge.domain.moment import Moment
from edge.domain.news import DeviceNews
from edge.domain.readings import Value
from edge.services.check_in import CheckIn

_TEXT = 256  # what an event's texts may be long
_NO_EVENT = frozenset({
    "action_done",
    "code_scanned",  # no workflow takes codes yet, and what they say may be about a person
    "door_event",  # a door opened or closed: too often, and about nobody
    "person_compared",  # told by the kiosk that asked for it, with its consent; unasked it leaves no trace
    "printed",
    "signature_rejected",  # the person signs again; nothing was kept
    "update_started",
    "update_verified",
})  # fmt: skip
_TOLD = frozenset({  # no faults
    "alarm_cleared", "baud_changed", "button_learned", "button_pressed", "configuration_changed", "delayed",
    "detector_tested", "ends_set", "engineering_off", "engineering_on", "feedback", "manual_mode", "multi_target",
    "normal", "operator_confirmed", "operator_test", "panel_pressed", "panel_reset", "panel_silenced",
    "patrol_answered", "power_restored", "reader_power_restored", "reader_tamper_cleared", "self_test",
    "single_target", "started", "supervised",
})  # fmt: skip
_METHODS = ("face", "card", "fingerprint", "password")


class Occurrences:
    """`site_key`: this facility's HMAC key."""

    def __init__(self, check_in: CheckIn, site_key: bytes) -> None:
        self._check_in, self._site_key = check_in, site_key
        self._plain: Mapping[str, Callable[[DeviceNews], EventData]] = {
            "door_passed": lambda news: self._door(news, "passed"),
            "door_refused": lambda news: self._door(news, "refused"),
            "card_presented": lambda news: self._door(news, "presented"),
            "tag_read": lambda news: TagRead(
                device=news.device,
                epc=_text(news, "epc").upper(),
                antenna=_whole(news, "antenna"),
                rssi_dbm=float(news.values.get("rssi", 0)),
            ),
            "rated": lambda news: RatingGiven(device=news.device, score=_whole(news, "score")),
            "signature_captured": lambda news: SignatureCaptured(
                device=news.device,
                document_sha256=_text(news, "document_sha256"),
                sha256=_text(news, "sha256"),
                points=_whole(news, "count"),
                duration_ms=_whole(news, "duration_ms"),
            ),
            "cremation_started": lambda news: CremationStep(
                device=news.device, step="started", batch=_whole(news, "batch")
            ),
            "cremation_ended": lambda news: CremationStep(
                device=news.device, step="ended", batch=_whole(news, "batch"), cycle_s=_whole(news, "cycle_s")
            ),
            "update_done": lambda news: _updated(news, "done"),
            "update_rolled_back": lambda news: _updated(news, "rolled_back"),
            "update_failed": lambda news: _updated(news, "failed"),
        }

    def events(self, news: DeviceNews, rules: AlarmRules, now: Moment) -> list[EventData]:
        """`rules`: of real life, or of the drill that the news comes from."""
        match news.what:
            case "card_read":
                return self._check_in.on_card(news.device, news.values, now)
            case "card_unreadable" | "card_unsupported":
                return self._check_in.on_failure(news.device, news.what, news.values)
            case "call_pressed":
                return rules.on_press(news.device, now)
            case "call_cancelled":
                return rules.on_cancel(news.device)
            case "fire" | "gas_leak" | "water_leak" as hazard:  # one alarm; each detector that reports is told as well
                return [*rules.on_hazard(news.device, hazard, now), _fault(news)]
        if news.what in _NO_EVENT:
            return []
        if news.what in _TOLD:
            return [DeviceTold(device=news.device, what=news.what, detail=_details(news))] if news.device else []
        try:
            return [self._plain[news.what](news)] if news.what in self._plain else [_fault(news)]
        except (ValueError, TypeError):  # a detail that no event may carry: say that something happened at least
            return [DeviceFault(device=news.device, port=news.port, what=news.what, detail="details not usable")]

    def _door(self, news: DeviceNews, result: str) -> DoorEvent:
        person = str(news.values.get("person", "")) or ":".join(
            str(news.values[key]) for key in ("facility_code", "card") if key in news.values
        )
        method = str(news.values.get("method", "card" if result == "presented" else "other"))
        about: dict[str, Any] = {
            "device": news.device,
            "person": self._token(person) if person else None,
            "method": method if method in _METHODS else "other",
            "result": result,
            "code": _text(news, "device_event"),
            "history": bool(news.values.get("history", False)),
        }
        return DoorEvent.model_validate(about)

    def _token(self, person: str) -> str:
        return hmac.new(self._site_key, f"person:{person}".encode(), hashlib.sha256).hexdigest()


def _updated(news: DeviceNews, result: str) -> DeviceUpdated:
    return DeviceUpdated.model_validate(
        {
            "device": news.device,
            "version": _text(news, "version") or "unknown",
            "result": result,
            "reason": _text(news, "reason"),
        }
    )


def _fault(news: DeviceNews) -> DeviceFault:
    return DeviceFault(device=news.device, port=news.port, what=news.what, detail=_details(news))


def _details(news: DeviceNews) -> str:
    return ", ".join(f"{key}={value}" for key, value in sorted(news.values.items()))[:_TEXT]


def _text(news: DeviceNews, key: str) -> str:
    return str(news.values.get(key, ""))[:_TEXT]


def _whole(news: DeviceNews, key: str) -> int:
    value: Value = news.values.get(key, 0)
    return int(value)
