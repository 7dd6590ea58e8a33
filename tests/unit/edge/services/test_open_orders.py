"""An order is never both paid and lost: whoever walks away, wherever it is cut, against the cloud's own books."""

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, select

from cloud.adapters import tables as t
from cloud.adapters.sandbox import Conduct, SandboxPayments
from cloud.adapters.sql_payments import SqlPayments
from cloud.services.payments import Payments
from contract.lookups import CertificateEntry, Clear, Conflict, PaymentAsked, PaymentState, PaymentStep
from edge.adapters.sqlite_outbox import SqliteOutbox
from edge.domain.visits.case import OVER, Case
from edge.domain.visits.conversation import Ending, Flow, Matter, Ticket, Visit
from edge.domain.visits.questions import Choice, Option, Pad, Pay
from edge.domain.visits.staff import Staff
from edge.ports import CloudUnreachable
from edge.services.desk.cases import DeskCases
from edge.services.desk.deeds import NotNow
from edge.services.kiosk_machines import KioskMachines, NoFaceChecks
from edge.services.open_orders import OpenOrders
from edge.services.visits import NoSession
from tests.unit.edge.services.visits.counter_hall import Hall, Visitor

T = TypeVar("T")
PHONE = "000-12345678"
AT_ONCE, LATER, NEVER = 2500, 2514, 2513  # fen: paid at once, when the provider says so, never (cloud.adapters.sandbox)
MANAGER = Staff("9001", "主任丁", "manager", "d")
_STATES = ("draft", "submitted", "accepted", "in_review", "approved", *OVER)


def bed(amount_fen: int, beds: int = 2) -> Callable[[Visit], Flow]:
    def asking(visit: Visit) -> Flow:
        home = (yield Choice(name="home", options=(Option(key="a"), Option(key="b"))))["chosen"]
        phone = yield Pad(name="phone", kind="phone", may_skip=True)
        known: dict[str, Any] = {"sealed": {"phone": phone["typed"]}, "once": f"bed/{home}"}
        if visit.booked(home) >= beds:
            return Ending(key="waiting", ticket=Ticket(queue="other"), **known)
        paid = yield Pay(name=f"pay.{home}", order=f"{visit.case}-{home}", amount_fen=amount_fen)
        return Ending(key="bed", slots=(home,), undo=paid["state"] != "paid", **known)

    return asking


class Later(Executor):
    """Work that is done when the test says so."""

    def __init__(self) -> None:
        self._work: deque[Callable[[], Any]] = deque()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self._work.append(lambda: fn(*args, **kwargs))
        return Future()

    def run(self) -> None:
        while self._work:
            self._work.popleft()()


class Line:
    """The cloud's payments as a box reaches them. `cut`: before a question arrives, or before its answer comes back."""

    def __init__(self, payments: Payments) -> None:
        self._payments, self.cut = payments, ""

    def pay(self, order: str, amount_fen: int, case: str) -> PaymentState:
        asked = PaymentAsked(facility="f-1", case=case, order=order, amount_fen=amount_fen)
        return self._over(lambda: self._payments.ask(asked))

    def payment(self, order: str) -> PaymentState | None:
        return self._over(lambda: self._payments.look("f-1", order))

    def _over(self, ask: Callable[[], T]) -> T:
        if self.cut == "before":
            raise CloudUnreachable("cut before")
        answer = ask()
        if self.cut == "after":
            raise CloudUnreachable("cut after")
        return answer

    def online_check(self, case: str, persons: Any, turn: int = 1) -> Clear | Conflict:
        raise AssertionError(case, persons, turn)

    def certificates(self, case: str, person: Mapping[str, Any]) -> list[CertificateEntry]:
        raise AssertionError(case, person)

    def reachable(self) -> bool:
        return not self.cut


class City:
    """A box, the city that it pays through, and the people before its screen."""

    def __init__(self, directory: Path, amount_fen: int, *, beds: int = 2) -> None:
        directory.mkdir(exist_ok=True)
        self.engine = create_engine(f"sqlite:///{directory}/records.db")
        t.payment.create(self.engine)
        self.provider = SandboxPayments(Conduct(None))
        self.payments = Payments(SqlPayments(self.engine), self.provider, lambda: 1)
        self.line = Line(self.payments)
        self.hall = Hall(directory / "box", matters=(Matter(name="bed", theme="care", open=bed(amount_fen, beds)),))
        self.visitor: Visitor | None = None
        self._start()

    def _start(self) -> None:
        self.work = Later()
        KioskMachines(self.hall.visits, {}, _NoDevices(), self.line, NoFaceChecks(), lambda _session: (), self.work)
        self.orders = OpenOrders(self.hall.store, self.line, self.hall.visits, lambda: True)

    def close(self) -> None:
        self.hall.store.close()
        self.engine.dispose()

    # what happens

    def comes(self, home: str = "a", phone: str = PHONE) -> Visitor:
        if self.visitor is not None:
            self.hall.visits.leave(self.visitor.session)
        self.visitor = Visitor(self.hall, "bed")
        self.visitor.says(chosen=home)
        self.visitor.says(**({"typed": phone} if phone else {"skip": "1"}))
        return self.visitor

    def leaves(self) -> None:
        if self.visitor is not None:
            self.hall.visits.leave(self.visitor.session)
            self.visitor = None

    def power_cut(self) -> None:
        self.hall.power_cut()
        self.visitor = None
        self._start()

    def provider_says(self, state: PaymentStep) -> None:
        for reference in self._references("created"):
            self.payments.called_back(*self.provider.call_back(reference, state))

    def steps(self, times: int = 1) -> int:
        done = 0
        for _ in range(times):
            self.hall.clock.passed_s += 601
            done += self.orders.step(self.hall.clock.now())
        return done

    def desk(self, do: Callable[[DeskCases, Case], object]) -> None:
        cases = DeskCases(self.hall.store, self.hall.visits._endings, self.hall.clock)
        for case in cases.open():
            try:
                do(cases, case)
            except NotNow:
                return

    # what stands

    def _references(self, state: str) -> list[str]:
        with self.engine.connect() as db:
            return list(db.scalars(select(t.payment.c.reference).where(t.payment.c.state == state)))

    def paid(self) -> set[str]:
        with self.engine.connect() as db:
            return set(db.scalars(select(t.payment.c.order).where(t.payment.c.state == "paid")))

    def cases(self) -> list[Case]:
        return self.hall.store.in_state(_STATES)

    def kept(self) -> list[str]:
        """Orders that a submitted case is paid by, and that do not go back."""
        said = [
            answer["order"]
            for case in self.cases()
            if case.state != "draft"
            for answer in case.answers.values()
            if answer.get("state") == "paid"
        ]
        said += [case.desk["paid"]["order"] for case in self.cases() if "paid" in case.desk]
        return [order for order in said if order not in self.given_back()]

    def given_back(self) -> list[str]:
        return [one["order"] for case in self.cases() for one in case.desk.get("refunds", ())]

    def events(self, name: str) -> list[dict[str, Any]]:
        with closing(SqliteOutbox(self.hall.directory)) as outbox:
            return [json.loads(one.body)["data"] for one in outbox.events_after(0, 1000) if name in one.type]

    def results(self) -> list[str]:
        return [one["result"] for one in self.events("payment.settled")]

    def templates(self) -> list[str]:
        return [one["template"] for one in self.events("sms.queued")]


class _NoDevices:
    def act(self, device: str, action: str, **arguments: str | int) -> None:
        raise AssertionError(device, action, arguments)

    def photo(self, device: str) -> str:
        raise AssertionError(device)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[..., City]]:
    made: list[City] = []

    def opening(amount_fen: int = LATER, **about: int) -> City:
        made.append(City(tmp_path, amount_fen, **about))
        return made[-1]

    yield opening
    for city in made:
        city.close()


def test_who_paid_and_walked_away_has_the_booking_and_is_told_by_message(opened: Callable[..., City]) -> None:
    city = opened()
    city.comes()
    city.work.run()
    city.leaves()
    assert [case.state for case in city.cases()] == ["draft"]
    city.provider_says("paid")
    assert city.steps() == 1
    (case,) = city.cases()
    assert (case.state, case.answers["pay.a"]["state"], bool(case.number)) == ("submitted", "paid", True)
    assert city.hall.store.booked("a") == 1
    assert (city.results(), city.templates()) == (["paid"], ["pay.kept"])
    assert city.hall.store.open_orders() == []
    assert city.steps(3) == 0


@pytest.mark.parametrize("when", ["before the provider hears of it", "after it has paid"])
def test_a_power_cut_while_somebody_pays_loses_no_payment_and_invents_none(
    opened: Callable[..., City], when: str
) -> None:
    city = opened(AT_ONCE)
    city.comes()
    city.line.cut = "before" if when.startswith("before") else "after"
    city.work.run()
    city.power_cut()
    city.line.cut = ""
    city.steps(3)
    assert city.kept() == sorted(city.paid())
    assert len(city.paid()) == (0 if when.startswith("before") else 1)
    assert city.hall.store.open_orders() == []
    assert [case.state for case in city.cases()] == (["draft"] if when.startswith("before") else ["submitted"])


def test_the_page_goes_on_by_itself_when_the_payment_comes_after_the_kiosk_stopped_waiting(
    opened: Callable[..., City],
) -> None:
    city = opened()
    visitor = city.comes()
    city.work.run()
    assert (visitor.at, city.hall.visits.view(visitor.session).machine["hint"]) == ("pay.a", "pay.late")
    city.provider_says("paid")
    city.orders.step(city.hall.clock.now())
    assert visitor.at == "end:bed"
    city.steps()
    assert (city.kept(), city.hall.store.open_orders()) == (sorted(city.paid()), [])
    assert city.results() == ["paid"]


def test_who_chose_the_window_and_had_paid_all_the_same_pays_nothing_there(opened: Callable[..., City]) -> None:
    city = opened()
    visitor = city.comes()
    city.work.run()
    visitor.says(instead="at_counter")
    city.provider_says("paid")
    city.steps()
    (case,) = city.cases()
    assert case.desk["paid"]["amount_fen"] == LATER
    assert (city.results(), city.templates()) == (["at_counter", "paid"], ["pay.kept"])
    assert not city.hall.visits.undo(visitor.session), "money is given back by people"


def test_paid_for_what_has_gone_meanwhile_is_given_back(opened: Callable[..., City]) -> None:
    city = opened(beds=1)
    city.comes()
    city.work.run()
    with city.hall.store.transaction() as writing:
        writing.take_slot("a", "somebody", 1)
    city.leaves()
    city.provider_says("paid")
    city.steps()
    (case,) = city.cases()
    assert ((case.result or {})["key"], case.state) == ("waiting", "submitted")
    assert (city.kept(), city.given_back()) == ([], sorted(city.paid()))
    assert (city.results(), city.templates()) == (["refund_asked"], ["pay.refund"])
    assert [call.about for call in city.hall.store.open_calls()] == ["help"]


def test_a_power_cut_between_the_case_and_the_word_about_its_money_only_makes_the_word_come_later(
    opened: Callable[..., City],
) -> None:
    city = opened(beds=1)
    city.comes()
    city.work.run()
    city.leaves()
    with city.hall.store.transaction() as writing:
        writing.take_slot("a", "somebody", 1)
    city.provider_says("paid")

    def cut(template: str, case: Case) -> str:
        raise SystemExit(template, case.id)

    city.hall.visits.message = cut
    with pytest.raises(SystemExit):
        city.steps()
    assert [(case.state, case.desk.get("refunds")) for case in city.cases()] == [("submitted", None)]
    city.power_cut()
    city.steps(2)
    assert (city.given_back(), city.templates()) == (sorted(city.paid()), ["pay.refund"])


def test_paid_for_what_was_taken_back_is_given_back(opened: Callable[..., City]) -> None:
    city = opened()
    visitor = city.comes()
    city.work.run()
    visitor.says(instead="at_counter")
    assert city.hall.visits.undo(visitor.session)
    city.provider_says("paid")
    city.steps()
    assert (city.kept(), city.given_back()) == ([], sorted(city.paid()))


@pytest.mark.parametrize("how", ["refused", "withdrawn"])
@pytest.mark.parametrize("late", [False, True])
def test_what_was_paid_for_goes_back_when_staff_refuse_it_or_take_it_back(
    opened: Callable[..., City], how: str, *, late: bool
) -> None:
    city = opened()
    visitor = city.comes()
    city.work.run()
    if late:
        visitor.says(instead="at_counter")
    city.provider_says("paid")
    city.steps(2)
    city.leaves()
    if how == "refused":
        city.desk(lambda cases, case: cases.move(case.id, "refused", MANAGER, "养老院没有确认"))
    else:
        city.desk(lambda cases, case: cases.withdraw(case.id, MANAGER, "家属要求"))
    (case,) = city.cases()
    assert (case.state, city.kept(), city.given_back()) == (how, [], sorted(city.paid()))
    assert city.results()[-2:] == ["paid", "refund_asked"]
    city.steps(3)
    assert city.results().count("refund_asked") == 1


def test_who_went_back_and_chose_another_home_is_given_back_the_first_deposit(opened: Callable[..., City]) -> None:
    city = opened()
    visitor = city.comes("a")
    city.work.run()
    visits = city.hall.visits
    visits.change(visitor.session, "home", visits.view(visitor.session).rev)
    visitor.says(chosen="b")
    city.work.run()
    city.provider_says("paid")
    city.steps(2)
    assert visitor.at == "end:bed"
    (case,) = city.cases()
    assert (city.kept(), city.given_back()) == ([f"{case.id}-b"], [f"{case.id}-a"])


def test_paid_twice_for_one_bed_is_paid_once(opened: Callable[..., City]) -> None:
    city = opened()
    for _ in range(2):
        city.comes()
        city.work.run()
        city.leaves()
    city.provider_says("paid")
    city.steps(2)
    assert (len(city.kept()), len(city.given_back())) == (1, 1)
    assert city.hall.store.booked("a") == 1


def test_a_payment_that_came_to_nothing_leaves_no_draft_behind(opened: Callable[..., City]) -> None:
    city = opened()
    city.comes()
    city.work.run()
    city.leaves()
    city.provider_says("cancelled")
    city.steps()
    assert (city.cases(), city.hall.store.open_orders()) == ([], [])


def test_who_gave_no_phone_and_cannot_be_told_has_staff_called_where_money_goes_back(
    opened: Callable[..., City],
) -> None:
    city = opened(beds=1)
    city.comes(phone="")
    city.work.run()
    with city.hall.store.transaction() as writing:
        writing.take_slot("a", "somebody", 1)
    city.leaves()
    city.provider_says("paid")
    city.steps()
    assert (city.templates(), len(city.hall.store.open_calls())) == ([], 1)


ACTS: Mapping[str, Callable[[City], object]] = {
    "comes for a": lambda city: city.comes("a"),
    "comes for b": lambda city: city.comes("b"),
    "the kiosk works": lambda city: city.work.run(),
    "leaves": lambda city: city.leaves(),
    "goes back": lambda city: _at_screen(city, lambda s: city.hall.visits.back(s, city.hall.visits.view(s).rev)),
    "chooses b instead": lambda city: _at_screen(city, lambda s: _changes(city, s)),
    "pays at the window": lambda city: _says(city, "at_counter"),
    "takes it back": lambda city: _at_screen(city, city.hall.visits.undo),
    "power cut": lambda city: city.power_cut(),
    "line cut before": lambda city: setattr(city.line, "cut", "before"),
    "line cut after": lambda city: setattr(city.line, "cut", "after"),
    "line back": lambda city: setattr(city.line, "cut", ""),
    "provider: paid": lambda city: city.provider_says("paid"),
    "provider: cancelled": lambda city: city.provider_says("cancelled"),
    "the box asks": lambda city: city.steps(),
    "the desk refuses": lambda city: city.desk(lambda cases, case: cases.move(case.id, "refused", MANAGER, "x")),
    "the desk withdraws": lambda city: city.desk(lambda cases, case: cases.withdraw(case.id, MANAGER, "x")),
    "the bed is taken": lambda city: _takes(city),
}


def _at_screen(city: City, do: Callable[[str], object]) -> None:
    if city.visitor is not None:
        try:
            do(city.visitor.session)
        except NoSession:
            city.visitor = None


def _changes(city: City, session: str) -> None:
    visits = city.hall.visits
    visits.change(session, "home", visits.view(session).rev)
    if city.visitor is not None and city.visitor.at == "home":
        city.visitor.says(chosen="b")


def _says(city: City, instead: str) -> None:
    if city.visitor is not None and city.visitor.at.startswith("pay."):
        city.visitor.says(instead=instead)


def _takes(city: City) -> None:
    with city.hall.store.transaction() as writing:
        writing.take_slot("a", "somebody", 1)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(sorted(ACTS)), max_size=25), st.sampled_from([AT_ONCE, LATER, NEVER]), st.integers(1, 2)
)
def test_whatever_happens_each_order_that_was_paid_pays_for_one_thing_or_goes_back(
    acts: list[str], amount_fen: int, beds: int
) -> None:
    with TemporaryDirectory() as directory:
        city = City(Path(directory), amount_fen, beds=beds)
        try:
            city.comes()
            for act in acts:
                ACTS[act](city)
            city.line.cut = ""
            city.leaves()
            city.work.run()
            city.steps(4)
            assert sorted([*city.kept(), *city.given_back()]) == sorted(city.paid())
            assert not city.paid() & {order.id for order in city.hall.store.open_orders()}
            assert {one["order"] for one in city.events("payment.settled") if one["result"] == "paid"} <= city.paid()
        finally:
            city.close()
