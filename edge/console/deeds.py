"""What a form of the page does: each deed asks the field process or the bench, and says what came of it.

Every deed is logged with the account that did it.
"""

import json
import logging
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from edge.console.box import SUFFIX, Box
from edge.console.jobs import Busy, CommissionJob, ReplayJob
from edge.console.tools import DRILL_S, LONGEST_DRILL_S
from edge.console.view import find_device
from edge.console.words import WORDS, Words, filled

LONGEST_RECORDING_S = 7 * 86_400
SPEEDS = {"": None, "1": 1.0, "2": 2.0, "10": 10.0}
_NAME = re.compile(r"[0-9A-Za-z_-]{1,64}")
Form = Mapping[str, str]
Value = bool | int | float | str
audit = logging.getLogger(__name__)
audit.setLevel(logging.INFO)  # what somebody did is logged in any case


class NotDone(ValueError):
    """The deed was not done; says why."""

    def __init__(self, why: Words) -> None:
        super().__init__(why.en)
        self.why = why


class Deeds:
    def __init__(self, box: Box, replay: ReplayJob, commission: CommissionJob) -> None:
        self._box, self._replay, self._commission = box, replay, commission
        self._deeds: Mapping[str, Callable[[Form, str], Words]] = {
            "act": self._act,
            "drill": self._drill,
            "end-drill": self._end_drill,
            "end-all": self._end_all,
            "simulator-fault": self._simulator_fault,
            "simulator-clear": self._simulator_clear,
            "simulator-act": self._simulator_act,
            "record": self._record,
            "stop-recording": self._stop_recording,
            "replay": self._start_replay,
            "stop-replay": self._stop_replay,
            "commission": self._start_commission,
            "commission-answer": self._answer,
            "stop-commission": self._stop_commission,
        }

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._deeds)

    def do(self, name: str, form: Form, by: str) -> tuple[bool, Words]:
        """Whether it was done, and what to say. `by`: the account's name."""
        try:
            said, done = self._deeds[name](form, by), True
        except NotDone as wrong:
            said, done = wrong.why, False
        except Busy:
            said, done = WORDS["said.busy"], False
        except (ValueError, OSError) as wrong:  # what the field process or the bench refuses with
            said, done = Words(str(wrong), str(wrong)), False
        told = {key: value[:200] for key, value in form.items() if key not in ("csrf", "lang")}
        audit.info("console: %s by %s: %s: %s", name, by, json.dumps(told, ensure_ascii=False), said.en)
        return done, said

    def _act(self, form: Form, _by: str) -> Words:
        arguments = {key.removeprefix("arg."): _value(text) for key, text in form.items()
                     if key.startswith("arg.") and text.strip()}  # fmt: skip
        self._ask({"do": "act", "device": form["device"], "action": form["action"], "arguments": arguments})
        return WORDS["said.done"]

    # drills

    def _drill(self, form: Form, by: str) -> Words:
        kind, device = form["kind"], form["device"]
        about: dict[str, Any] = {"test": True}
        if kind == "fault":
            self._confirm(form, device)
            about = {"fault": form["fault"], "parameters": _parameters(form, form["fault"])}
        elif kind == "bytes":
            about = {"bytes": form["bytes"]}
        seconds = _seconds(form, DRILL_S, LONGEST_DRILL_S)
        self._ask({"do": "drill", "device": device, "by": by, "for_s": seconds, **about})
        return WORDS["said.drill"]

    def _confirm(self, form: Form, device: str) -> None:
        """A fault on a real device needs its id, typed."""
        found = find_device(self._ask({"do": "status"}), device)
        is_real = found is None or not self._box.is_simulated(found[0]["link"])
        if is_real and form.get("confirm", "").strip() != device:
            raise NotDone(filled("said.confirm", device))

    def _end_drill(self, form: Form, _by: str) -> Words:
        self._ask({"do": "end_drill", "drill": form["drill"]})
        return WORDS["said.drill_ended"]

    def _end_all(self, _form: Form, _by: str) -> Words:
        for drill in self._ask({"do": "status"})["drills"]:
            self._ask({"do": "end_drill", "drill": drill["id"]})
        bench = self._ask_bench({"do": "list"}) if self._box.simulator else {"ports": ()}
        for port in bench["ports"]:
            if port["active"]:
                self._ask_bench({"do": "clear", "device": port["port"], "facility": port["facility"]})
        return WORDS["said.drill_ended"]

    # the simulator

    def _simulator_fault(self, form: Form, _by: str) -> Words:
        self._ask_bench({
            "do": "fault", **_bench_device(form), "name": form["fault"],
            "parameters": _parameters(form, form["fault"]), "for_s": _seconds(form, DRILL_S, LONGEST_DRILL_S),
        })  # fmt: skip
        return WORDS["said.fault"]

    def _simulator_clear(self, form: Form, _by: str) -> Words:
        self._ask_bench({"do": "clear", **_bench_device(form)})
        return WORDS["said.cleared"]

    def _simulator_act(self, form: Form, _by: str) -> Words:
        arguments = [_value(text) for text in form.get("arguments", "").split()]
        self._ask_bench({"do": "act", **_bench_device(form), "verb": form["verb"], "args": arguments})
        return WORDS["said.done"]

    # recordings

    def _record(self, form: Form, _by: str) -> Words:
        name = form.get("name", "").strip() or datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        if not _NAME.fullmatch(name):
            raise NotDone(WORDS["said.name"])
        for_s = _seconds(form, 0, LONGEST_RECORDING_S) if form.get("seconds", "").strip() else None
        self._box.recordings.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._ask({"do": "record", "file": str(self._box.recordings / (name + SUFFIX)), "for_s": for_s})
        self._box.follow_again()
        return WORDS["said.recording"]

    def _stop_recording(self, _form: Form, _by: str) -> Words:
        self._ask({"do": "stop_recording"})
        return WORDS["said.recorded"]

    def _start_replay(self, form: Form, _by: str) -> Words:
        name = form["name"]
        if name not in {file.name for file in self._box.files()} or form.get("speed", "") not in SPEEDS:
            raise NotDone(WORDS["said.gone"])
        self._replay.start(self._box.recordings / (name + SUFFIX), SPEEDS[form.get("speed", "")])
        return WORDS["said.replay"]

    def _stop_replay(self, _form: Form, _by: str) -> Words:
        self._replay.stop()
        return WORDS["said.stopped"]

    # commissioning

    def _start_commission(self, form: Form, by: str) -> Words:
        self._commission.start(form["device"], form.get("by", "").strip() or by)
        return WORDS["said.commission"]

    def _answer(self, form: Form, _by: str) -> Words:
        self._commission.answer(yes=form["answer"] == "yes")
        return WORDS["said.answered"]

    def _stop_commission(self, _form: Form, _by: str) -> Words:
        self._commission.stop()
        return WORDS["said.stopped"]

    def _ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        return self._box.control.ask(request)

    def _ask_bench(self, request: Mapping[str, Any]) -> dict[str, Any]:
        if self._box.simulator is None:
            raise NotDone(WORDS["simulator.none"])
        return self._box.simulator.ask(request)


def _bench_device(form: Form) -> dict[str, str]:
    return {"device": form["device"], "facility": form.get("facility", "")}


def _parameters(form: Form, fault: str) -> dict[str, Value]:
    """Fields of the chosen fault only, named <fault>.<parameter>; what is left empty has its default."""
    prefix = f"{fault}."
    return {
        name.removeprefix(prefix): _value(text.strip())
        for name, text in form.items()
        if name.startswith(prefix) and text.strip()
    }


def _seconds(form: Form, usual: int, longest: int) -> int:
    text = form.get("seconds", "").strip() or str(usual)
    if not text.isdecimal() or not 1 <= int(text) <= longest:
        raise NotDone(filled("said.seconds", longest))
    return int(text)


def _value(text: str) -> Value:
    """Numbers and true/false are what they look like, as on the command line."""
    if text in ("true", "false"):
        return text == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
