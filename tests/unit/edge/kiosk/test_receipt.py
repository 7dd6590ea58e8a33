"""The slip: whatever a list is long, the printer takes all of it, and nothing is cut."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.moment import Moment
from edge.domain.visits.case import Case
from edge.domain.visits.conversation import Matter, Visit
from edge.domain.visits.questions import Said
from edge.kiosk.receipt import receipt
from edge.services.visits import Look, Session
from firmware_bridge.ticket import Row, encode, parse
from simulators.devices.printer_escpos import CUT, text_of

OFFICE = Said("殡仪馆", "Funeral home")
NOW = Moment(1_764_036_000_000, 0.0)
NUMBER = "f-1-20251125-0001"


def _nothing(_visit: Visit) -> None:
    raise AssertionError


def tickets(slip: list[str], lines: int = 6) -> list[list[Row]]:
    """What the printer is sent for a booked cremation with such a slip."""
    case = Case("c", "cremation", "1234", "k", 0, 0, "submitted", number=NUMBER)
    case.result = {
        "key": "booked", "at_ms": 0, "values": {"when": ["明天", "tomorrow"]}, "ticket": "C007", "ahead": 1,
        "estimate_min": 5,
        "lines": [[f"告知{n}", "已告知"] for n in range(lines)], "slip": [[name, "10.00 元"] for name in slip],
    }  # fmt: skip
    visit = Visit(
        case="c", place="k", facility="f-1", area="330802", now_ms=0, day=date(2025, 11, 25), minute=0, is_online=False,
        has_camera=False, has_scanner=False, snapshot=lambda _dataset: None,
    )  # fmt: skip
    matter = Matter(name="cremation", theme="funeral", open=_nothing)  # type: ignore[arg-type]
    session = Session("s", Look(), case, matter, visit, 0.0, kept=True, ages={})
    return [parse(one) for one in receipt(session, OFFICE, NOW)]


def read(rows: list[Row]) -> list[str]:
    """As it comes out of the printer."""
    return text_of(encode(rows).removesuffix(CUT))


def test_a_cremation_of_44_lines_is_one_slip_with_its_code_below() -> None:
    (ticket,) = tickets([f"样例服务{n} × 1" for n in range(25)])
    assert len(ticket) == 44
    assert read(ticket)[-2:] == [f"<{NUMBER}>", "请保管好这张小票"]


def test_a_list_that_one_ticket_cannot_hold_goes_on_a_second_that_says_whose_it_is() -> None:
    names = [f"样例服务{n} × 1" for n in range(130)]
    first, second = map(read, tickets(names))
    assert "第 1 张，共 2 张" in first
    assert "第 2 张，共 2 张" in second
    assert any(NUMBER in line for line in second)
    assert [line.removesuffix(" 10.00 元") for line in [*first, *second] if "样例服务" in line] == names


@given(
    st.lists(st.text(st.sampled_from("样例服务abc[]　×"), min_size=1, max_size=256).filter(str.strip), max_size=150),
)
def test_of_any_list_each_line_stands_once_in_its_order_and_the_printer_takes_every_ticket(names: list[str]) -> None:
    printed = [line for ticket in tickets(names) for line in read(ticket)]
    assert [line.removesuffix(" 10.00 元") for line in printed if line.endswith(" 10.00 元")] == names


@pytest.mark.parametrize("lines", [0, 8])
def test_a_visit_without_a_list_has_one_slip_and_no_count_of_slips(lines: int) -> None:
    (ticket,) = tickets([], lines)
    assert not [line for line in read(ticket) if "共" in line]
