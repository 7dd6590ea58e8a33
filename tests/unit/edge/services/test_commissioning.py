"""The guided commissioning, at a box whose answers are written down: each named error, and what is done about it."""

import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from edge.domain.moment import Moment
from edge.services.commissioning import PROBLEMS, TITLES, Commissioning, Kept, Patience, Step, Stopped, Subject
from tests.unit.edge.moments import at

QUICK = Patience(port=1, speech=3, garbage=2, values=3, person=5, cloud=2)


class WrittenBox:
    """The other end of a control socket: each answer takes a second, each line of a watch a quarter."""

    def __init__(self, *lines: Mapping[str, Any], **about: Any) -> None:
        self.lines, self.seconds = list(lines), 0.0
        self.asked: list[Mapping[str, Any]] = []
        self.outbox = {"last_event": 7, "acked_event": 7}
        self.drills: list[dict[str, Any]] = []
        self.proven_by: list[str] = []
        self.port: dict[str, Any] = {
            "number": 1, "link": "serial:///dev/ttyUSB0", "driver": "modbus_temperature", "silence_s": 3.0,
            "is_open": True, "reason": "", "counters": {},
        }  # fmt: skip
        self.about = {
            "id": "fridge-1", "location": "药房", "life_safety": False, "metrics": ["Air/Temperature"],
            "fingerprint": "SN1", "proven_at_ms": None, **about,
        }  # fmt: skip
        self.other = {**self.about, "id": "fridge-2", "fingerprint": "SN2"}

    def now(self) -> Moment:
        return at(self.seconds)

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        self.asked.append(request)
        self.seconds += 1
        match request["do"]:
            case "status":
                devices = [self.about, self.other]
                port = {**self.port, "proven_by": self.proven_by, "devices": devices}
                return {"ports": [port], "drills": self.drills, "outbox": self.outbox}
            case "drill":
                return {"drill": "d1"}
        return {"done": True}

    def follow(self, request: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        self.asked.append(request)
        while True:
            self.seconds += 0.25
            yield dict(self.lines.pop(0)) if self.lines else {}


def frame(what: str = "frame") -> dict[str, Any]:
    return {"what": what, "length": 9, "hex": "01 04 04 00 2d 01 c2 eb 8c", "parts": [], "port": 1}


def says(value: float, device: str = "fridge-1") -> dict[str, Any]:
    news = {"kind": "measured", "device": device, "what": "", "values": {"Air/Temperature": value}, "drill": ""}
    return {"what": "news", "news": [news]}


def faulted() -> dict[str, Any]:
    news = {"kind": "faulted", "device": "fridge-1", "what": "exception 2", "values": {}, "drill": ""}
    return {"what": "news", "news": [news]}


def heard() -> dict[str, Any]:
    return {"what": "news", "news": [{"kind": "heard", "device": "fridge-1", "what": "", "values": {}, "drill": ""}]}


def alive(*values: float) -> list[dict[str, Any]]:
    return [line for value in values for line in (frame(), says(value))]


GOOD = alive(4.5, 4.6, 4.5, 4.7)


class Bench:
    def __init__(self, box: WrittenBox, *, confirms: bool = True, limits: tuple[float, float] = (2, 8)) -> None:
        self.box, self.records, self.confirms = box, list[Mapping[str, Any]](), confirms
        subject = Subject("330803-care-01", "fridge-1", limits={"Air/Temperature": limits})
        self.commissioning = Commissioning(box, subject, "t-17", box, self._keep, QUICK)
        self.told: list[Step] = []

    def run(self, at_step: Callable[[Step], None] = lambda _step: None) -> dict[str, Step]:
        for step in self.commissioning.run():
            self.told.append(step)
            if step.question:
                self.commissioning.answer(yes=self.confirms)
            at_step(step)
        return {step.name: step for step in self.commissioning.done}

    def _keep(self, record: Mapping[str, Any]) -> Kept:
        self.records.append(record)
        return Kept("/store/commissioning/x.json", "f" * 64)


def test_every_step_has_a_name_in_both_languages_and_is_told_while_it_runs() -> None:
    bench = Bench(WrittenBox(*GOOD))
    done = bench.run()
    assert bench.commissioning.passed
    assert list(done) == [name for name in TITLES if name != "proof"]
    assert {step.name for step in bench.told if step.state == "running"} == set(done) - {"record"}
    assert all(step.zh and step.en and all(step.title) for step in bench.told)


def test_the_record_says_what_was_found_and_goes_to_the_cloud_by_its_hash() -> None:
    bench = Bench(WrittenBox(*GOOD))
    bench.run()
    (record,) = bench.records
    assert (record["device"], record["by"], record["passed"]) == ("fridge-1", "t-17", True)
    assert record["fingerprint"] == "SN1"
    assert record["ended"].endswith("Z")
    steps = {step["name"]: step for step in record["steps"]}
    assert steps["frames"]["evidence"]["sample_frame"]["hex"] == "01 04 04 00 2d 01 c2 eb 8c"
    told = bench.box.asked[-1]
    assert (told["do"], told["passed"], told["record_sha256"], told["failed_steps"]) == (
        "commissioned", True, "f" * 64, ""
    )  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "step", "problem"),
    [
        ([], "wiring", "no_answer"),
        ([frame("skipped")] * 9, "wiring", "wrong_baud"),
        ([frame("crc_error"), frame("skipped")] * 9, "wiring", "bad_checksum"),
        ([*alive(4.5), *[frame("skipped")] * 5, *alive(4.6, 4.7)], "frames", "bad_checksum"),
        ([frame(), faulted()] * 3, "frames", "device_fault"),
        ([frame(), says(4.5, "fridge-2")] * 3, "frames", "no_answer"),
        (alive(4.5, 4.5, 4.5), "values", "stuck"),
        (alive(4.5, 4.6, 99999.0), "values", "implausible"),
        (alive(4.5, 4.6, 12.0), "values", "out_of_limits"),
    ],
)
def test_what_the_line_says_has_a_name_and_something_to_try(
    lines: list[dict[str, Any]], step: str, problem: str
) -> None:
    done = Bench(WrittenBox(*lines)).run()
    assert (done[step].state, done[step].problem) == ("failed", problem)
    assert PROBLEMS[problem].try_zh in done[step].zh
    assert PROBLEMS[problem].try_en in done[step].en


def test_only_another_device_speaks_and_is_named() -> None:
    done = Bench(WrittenBox(*[frame(), says(4.5, "fridge-2")] * 3)).run()
    assert "fridge-2" in done["frames"].en


def test_the_same_serial_number_at_another_id_is_a_duplicate() -> None:
    box = WrittenBox(*GOOD)
    box.other["fingerprint"] = "SN1"
    done = Bench(box, confirms=False).run()
    assert done["frames"].problem == "duplicate"
    assert "SN1 = fridge-2" in done["frames"].zh
    assert done["values"].state == "not_done"


def test_two_of_a_kind_with_the_same_firmware_are_told_apart_by_a_person() -> None:
    box = WrittenBox(*GOOD)
    box.other["fingerprint"] = "SN1"
    bench = Bench(box)
    assert bench.run()["frames"].evidence["same_as"] == "fridge-2"
    assert bench.commissioning.passed
    assert any("Compare both plates" in step.en for step in bench.told if step.question)


def test_a_port_that_stays_closed_says_why_and_the_rest_is_not_done() -> None:
    box = WrittenBox(*GOOD)
    box.port |= {"is_open": False, "reason": "Cannot open /dev/ttyUSB0: [Errno 13] Permission denied"}
    bench = Bench(box)
    done = bench.run()
    assert done["port"].problem == "no_access"
    assert {done[name].state for name in ("wiring", "frames", "values", "cloud", "label")} == {"not_done"}
    assert bench.records[0]["passed"] is False


def test_a_device_in_a_drill_is_not_commissioned() -> None:
    box = WrittenBox(*GOOD)
    box.drills = [{"id": "d0", "devices": ["fridge-1"]}]
    assert Bench(box).run()["port"].problem == "drill"


def test_a_stuck_value_may_be_moved_by_hand() -> None:
    box = WrittenBox(*alive(4.5, 4.5, 4.5), {}, {}, {})

    def breathe(step: Step) -> None:
        if step.name == "values" and step.state == "needs_person":
            box.lines += alive(6.0)

    assert Bench(box).run(breathe)["values"].state == "passed"


def test_a_meter_that_measures_only_on_demand_is_asked_for_one_measurement_in_a_test() -> None:
    box = WrittenBox(*[frame(), heard()] * 3)

    def measure(step: Step) -> None:
        if step.name == "values" and step.state == "needs_person":
            assert any(asked["do"] == "drill" for asked in box.asked)
            box.lines += alive(5.0)

    assert Bench(box).run(measure)["values"].state == "passed"
    assert Bench(WrittenBox(*[frame(), heard()] * 3)).run()["values"].problem == "no_values"


def test_without_a_cloud_it_is_not_possible_and_not_passed() -> None:
    box = WrittenBox(*GOOD)
    box.outbox = {"last_event": 9, "acked_event": 4}
    bench = Bench(box)
    done = bench.run()
    assert (done["cloud"].state, done["cloud"].problem) == ("not_possible", "no_cloud")
    assert done["label"].state == "passed"
    assert not bench.commissioning.passed
    assert bench.box.asked[-1]["failed_steps"] == "cloud"


def test_a_store_that_cannot_be_read_is_no_cloud_either() -> None:
    box = WrittenBox(*GOOD)
    box.outbox = {}
    assert Bench(box).run()["cloud"].problem == "no_cloud"


def test_a_label_that_the_technician_denies_fails() -> None:
    assert Bench(WrittenBox(*GOOD), confirms=False).run()["label"].problem == "not_confirmed"


def button(*lines: Mapping[str, Any]) -> WrittenBox:
    box = WrittenBox(*lines, metrics=["Button/Presses"], life_safety=True)
    box.port["silence_s"] = None
    box.proven_by = ["call_pressed"]
    return box


def test_a_button_is_in_a_test_before_anybody_is_asked_to_press_it() -> None:
    pressed = {"kind": "occurred", "device": "fridge-1", "what": "call_pressed", "values": {}, "drill": ""}
    box = button({}, {}, frame(), {"what": "news", "news": [pressed]})

    def press(step: Step) -> None:
        if step.state == "needs_person" and step.name == "wiring":
            assert {"do": "watch", "where": "fridge-1"} in box.asked
            assert any(asked["do"] == "drill" and asked["test"] for asked in box.asked)
            box.about["proven_at_ms"] = 1

    bench = Bench(box)
    done = bench.run(press)
    assert bench.commissioning.passed, done
    assert [asked["do"] for asked in box.asked].count("drill") == 1


def test_a_life_safety_device_that_does_nothing_is_not_proven() -> None:
    box = button(*GOOD)
    done = Bench(box).run()
    assert (done["proof"].state, done["proof"].problem) == ("failed", "not_proven")
    assert "call_pressed" in done["proof"].zh


def test_stopped_in_the_middle_it_ends_its_test_and_leaves_no_record() -> None:
    box = button()
    bench = Bench(box)

    def stop(step: Step) -> None:
        if step.state == "needs_person":
            bench.commissioning.stop()

    with pytest.raises(Stopped):
        bench.run(stop)
    assert bench.records == []
    assert {"do": "end_drill", "drill": "d1"} in box.asked


def test_an_answer_may_come_from_another_thread() -> None:
    bench = Bench(WrittenBox(*GOOD))
    for step in bench.commissioning.run():
        if step.question:
            threading.Timer(0.1, lambda: bench.commissioning.answer(yes=True)).start()
    assert bench.commissioning.passed


@pytest.mark.parametrize(("device", "by", "says"), [("x", "t-17", "known devices: fridge-1"), ("fridge-1", "", "who")])
def test_who_and_what_must_be_known(device: str, by: str, says: str) -> None:
    box = WrittenBox()
    with pytest.raises(ValueError, match=says):
        Commissioning(box, Subject("f", device), by, box, lambda _record: Kept("", ""))
