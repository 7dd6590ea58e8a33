"""A booking that was paid for and taken back: its money goes back once, whatever is cut, and the visitor is told."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from cloud.adapters import tables as t
from cloud.adapters.sandbox import Conduct, SandboxPayments
from cloud.adapters.sql_payments import SqlPayments
from cloud.adapters.sql_refunds import SqlRefunds
from cloud.services.payments import Payments
from cloud.services.refunds import NotPaid, Refunds
from contract.lookups import PaymentAsked, RefundAsked, RefundState
from edge.domain.visits.staff import Staff
from edge.ports import CloudUnreachable
from edge.services.refunding import Refunding
from tests.unit.edge.services.test_open_orders import City, Line

CASE = "019b0000-0000-7000-8000-000000000009"
NOW = 100_000  # fen: the provider says at once that it is paid
CLERK = Staff("1001", "窗口甲", "manager")


class Watched(SandboxPayments):
    """The sandbox provider, and how often it was told to give back."""

    def __init__(self, went: list[str]) -> None:
        super().__init__(Conduct(None))
        self._went = went

    def refund(self, reference: str) -> str:
        self._went.append(reference)
        return super().refund(reference)


class RefundLine(Line):
    def __init__(self, payments: Payments, refunds: Refunds) -> None:
        super().__init__(payments)
        self._refunds = refunds

    def refund(self, order: str, case: str) -> RefundState:
        def ask() -> RefundState:
            try:
                return self._refunds.ask(RefundAsked(facility="f-1", case=case, order=order))
            except NotPaid as wrong:
                raise CloudUnreachable(str(wrong)) from wrong

        return self._over(ask)


class Town(City):
    """A city that gives back too."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory, NOW)
        t.payment_refund.create(self.engine)
        self.went: list[str] = []
        refunds = Refunds(SqlPayments(self.engine), SqlRefunds(self.engine), Watched(self.went), lambda: 2)
        self.line = RefundLine(self.payments, refunds)
        self._start()
        self._refunding()

    line: RefundLine

    def _refunding(self) -> None:
        store, endings = self.hall.store, self.hall.visits._endings
        self.refunding = Refunding(store, self.line, endings, lambda template, _case: template, lambda: True)

    def power_cut(self) -> None:
        super().power_cut()
        self._refunding()

    def books_and_pays(self) -> None:
        self.comes()
        self.work.run()
        (case,) = self.cases()
        assert (case.state, case.answers["pay.a"]["state"]) == ("submitted", "paid")

    def is_cancelled(self) -> None:
        self.desk(lambda cases, case: cases.withdraw(case.id, CLERK, "家里改主意了"))

    def gives_back(self, times: int = 1) -> int:
        done = 0
        for _ in range(times):
            self.hall.clock.passed_s += 601
            done += self.refunding.step(self.hall.clock.now())
        return done

    def refunds(self) -> list[tuple[str, str]]:
        r = t.payment_refund.c
        with self.engine.connect() as db:
            return [(row.order, row.state) for row in db.execute(select(r.order, r.state))]


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path)
    yield made
    made.close()


def test_a_paid_booking_that_is_taken_back_is_paid_back_with_an_event_and_a_message(town: Town) -> None:
    town.books_and_pays()
    assert town.gives_back(3) == 0, "nobody took it back"
    town.is_cancelled()
    (case,) = town.cases()
    assert town.hall.store.owing() == [case.id]
    assert town.gives_back() == 1
    (case,) = town.cases()
    (back,) = case.desk["given_back"]
    assert (back["amount_fen"], back["reference"].startswith("sandbox-")) == (NOW, True)
    assert (town.results(), town.templates()) == (["paid", "refund_asked", "refunded"], ["pay.refunded"])
    assert (town.refunds(), town.hall.store.owing()) == ([(back["order"], "refunded")], [])
    assert town.gives_back(5) == 0


def test_who_takes_it_back_at_the_kiosk_gets_the_money_back_too(town: Town) -> None:
    town.books_and_pays()
    (case,) = town.cases()
    town.hall.visits._endings.withdraw(case, town.hall.clock.now(), by="visitor")
    assert (town.gives_back(2), town.results()) == (1, ["paid", "refund_asked", "refunded"])


@pytest.mark.parametrize("cut", ["before", "after"])
def test_a_cut_network_makes_it_later_and_never_twice(town: Town, cut: str) -> None:
    """After the cloud has given it back too, whose answer is lost."""
    town.books_and_pays()
    town.is_cancelled()
    town.line.cut = cut
    assert town.gives_back(3) == 0
    town.power_cut()
    town.line.cut = ""
    assert town.gives_back(3) == 1
    assert (town.results(), len(town.refunds()), len(town.went)) == (["paid", "refund_asked", "refunded"], 1, 1)


def test_a_case_that_nobody_paid_for_is_never_asked_about(town: Town) -> None:
    town.comes()
    town.leaves()
    town.line.cut = "before"
    assert (town.hall.store.owing(), town.gives_back(2)) == ([], 0)


def test_an_order_that_was_not_paid_is_not_given_back(town: Town) -> None:
    town.payments.ask(PaymentAsked(facility="f-1", case=CASE, order="o-14", amount_fen=1014))
    with pytest.raises(CloudUnreachable, match="nothing to give back"):
        town.line.refund("o-14", CASE)
    assert (town.refunds(), town.went) == ([], [])
