"""What may be written for a verb, and that whatever is written breaks no device of the fair."""

import logging
from collections.abc import Callable
from random import Random

import pytest

from simulators.bench import Bench
from simulators.facilities import DEVICE_FAIR
from simulators.people import Person, make_person
from simulators.port_simulator import PortSimulator
from simulators.verbs import BadVerb, verbs, written
from tests.unit.simulators.wire import Clock, build

ODD = ({"person": 7}, None, True, 0, -1, 1, 15, 256, 10**9, 10**400, 0.5, -1e9, float("nan"), "", "1001", "衢州",
       "\ud800", "a\r\nb", [], {})  # fmt: skip


class Thing:
    def present(self, person: Person, fingers: int = 0) -> None:
        """A card."""

    def warm(self, unit: int, celsius: float | None = None, *, hold: bool = False) -> None:
        """`unit` is the key."""

    def say(self, text: str) -> None:
        """A word."""

    def is_warm(self) -> bool:
        return True


def test_a_verb_is_a_public_method_that_returns_nothing() -> None:
    assert verbs(Thing) == {"present": ["person", "fingers"], "say": ["text"], "warm": ["unit", "celsius", "hold"]}


def test_json_values_become_what_the_verb_takes() -> None:
    thing = Thing()
    assert written(thing.present, [{"person": 7}], keys=0) == ([make_person(Random("7"))], {})
    assert written(thing.warm, [4, True], keys=1) == ([4], {"hold": True})
    assert written(thing.warm, [None], keys=1) == ([None], {})
    assert written(thing.say, [1001], keys=0) == (["1001"], {})


@pytest.mark.parametrize(
    ("verb", "values", "says"),
    [
        (Thing().present, [7], 'person is 7; write {"person": 7}'),
        (Thing().present, [], 'missing: person; write person: {"person": 7}, fingers: a whole number, such as 1'),
        (Thing().present, [{"person": 1}, "two"], "fingers is 'two'; write a whole number, such as 1"),
        (Thing().present, [{"person": 1}, True], "fingers is True; write a whole number"),
        (Thing().present, [{"person": 1}, 1.5], "fingers is 1.5; write a whole number"),
        (Thing().warm, ["hot"], "celsius is 'hot'; write a number, such as 4.5 or null"),
        (Thing().warm, [1, 2], "hold is 2; write true or false"),
        (Thing().warm, [float("inf")], "celsius is inf"),
        (Thing().say, [{"person": 7}], "text is {'person': 7}; write text, such as \"1001\""),
        (Thing().say, ["a", "b"], "too many arguments; write text: text"),
    ],
)
def test_what_is_wrong_is_refused_with_what_to_write(
    verb: Callable[..., None], values: list[object], says: str
) -> None:
    with pytest.raises(BadVerb) as refused:
        written(verb, values, keys=int(verb.__name__ == "warm"))
    assert says in str(refused.value)


PORTS = [port.name for port in DEVICE_FAIR.ports]


@pytest.mark.parametrize("name", PORTS)
def test_nothing_that_is_written_breaks_a_device_of_the_fair(name: str) -> None:
    ports, wires = build(DEVICE_FAIR)
    port = next(one for one in ports if one.port.name == name)
    clock = Clock()
    bench = Bench([port], clock=clock)
    for device in port.port.devices:
        for verb, arguments in port.verbs.items():
            for values in _written_oddly(len(arguments)):
                _try(port, device.id, verb, values)
                wires[name].to_host.clear()
                clock.now += 0.5
                bench.step()
                assert port.broken == "", (device.id, verb, values)


def _written_oddly(count: int) -> list[list[object]]:
    """The same odd value for all, and each one last after a plain one."""
    return [[odd] * count for odd in ODD] + [[*[1] * (count - 1), odd] for odd in ODD if count > 1] + [[]]


def _try(port: PortSimulator, device: str, verb: str, values: list[object]) -> None:
    try:
        port.act_as_written(device, verb, values)
    except BadVerb as refused:
        logging.getLogger(__name__).debug("%s", refused)
