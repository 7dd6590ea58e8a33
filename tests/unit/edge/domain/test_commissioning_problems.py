"""Named errors: those that real ports give, and those that the page explains."""

import re
from pathlib import Path

import pytest
import serial

from edge.domain.commissioning_problems import PROBLEMS, port_problem
from firmware_bridge.links import LinkUnavailable, open_link
from firmware_bridge.links.pseudo_terminal import PseudoTerminal
from firmware_bridge.session import Line

PAGE = Path(__file__).parents[4] / "docs" / "commissioning.md"


def problem_at(link: str) -> str:
    with pytest.raises(LinkUnavailable) as closed:
        open_link(link, Line(9600))
    return port_problem(str(closed.value))


def test_a_port_that_is_not_there_and_one_that_another_program_has(tmp_path: Path) -> None:
    path = tmp_path / "tty"
    assert problem_at(f"serial://{path}") == "no_port"
    with PseudoTerminal(path), serial.Serial(str(path), exclusive=True):
        assert problem_at(f"serial://{path}") == "busy"


def test_a_port_of_another_user_is_forbidden() -> None:
    """The reason as pyserial gives it; a test that runs as root may open everything."""
    reason = "[Errno 13] could not open port /dev/ttyUSB0: [Errno 13] Permission denied: '/dev/ttyUSB0'"
    assert port_problem(f"Cannot open /dev/ttyUSB0: {reason}. Check that the device is plugged in") == "no_access"


def test_the_page_explains_every_named_error_as_the_tools_do() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.+) \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    explained = {name: (what, advice) for name, what, advice in rows if name in PROBLEMS}
    assert list(explained) == list(PROBLEMS)
    for name, problem in PROBLEMS.items():
        what, advice = explained[name]
        assert what == f"{problem.zh} {problem.en}"
        assert advice.lower() == f"{problem.try_zh}。 {problem.try_en}".lower()
