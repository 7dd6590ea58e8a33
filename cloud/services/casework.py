"""Cases of the city (办件): opened, moved step by step by whoever may, each try written down.

A try that is not allowed changes nothing and leaves a row of its own. Rules of one kind of case look at the records
and are checked in the same transaction that writes, so two people cannot both have the last bed.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Literal, Protocol

from pydantic import ValidationError
from sqlalchemy import Connection

from cloud.domain.actor import SYSTEM, Actor, Role, covers
from cloud.domain.case_now import CaseNow
from cloud.domain.deadline import Calendar, day_of, due_ms, left, resumed_ms
from cloud.domain.forms import Application, Form, Nothing
from cloud.domain.happened import IllegalStep
from cloud.domain.workflow import AWAITING_APPLICANT, Step, Workflow
from cloud.ports import Books, CityLog, LogWriting, Sealer, Tokens
from cloud.services import delegation
from cloud.services.time_limits import limit_of
from contract.events.city import CaseOpened, CaseStepped, CaseStepRefused, Channel
from contract.events.envelope import encode, explain

_WHY_LONGEST = 256


class BadForm(ValueError):
    """What was filled in cannot be; the text says where and why, without the values."""


class NoSuchCase(LookupError):
    """There is no case of this kind with this id."""


class NotAllowed(Exception):
    """Not this person's to do."""


class Refused(Exception):
    """A rule of the service says no; the text says which, and what would help. `zh`: the same, for a page."""

    def __init__(self, text: str, zh: str) -> None:
        super().__init__(text)
        self.zh = zh


@dataclass(frozen=True, slots=True)
class Asking:
    """What a rule looks at. `case` None: it would be opened, `step` is "open" then. `persons`: tokens of its people."""

    db: Connection
    case: CaseNow | None
    step: str
    form: Form
    actor: Actor
    now_ms: int
    persons: frozenset[str] = frozenset()


def opens_in(asking: Asking, area: str) -> None:
    """What staff open in their own area alone. Raises NotAllowed."""
    if not covers(asking.actor.area, area):
        raise NotAllowed(f"{area} is not in {asking.actor.area}")


def no_rule(_asking: Asking) -> None:
    """For a kind that has none beyond its workflow."""


class Enter(Protocol):
    """Enters a row of the ledger of this name, see cloud.services.ledgers."""

    def __call__(self, writing: LogWriting, ledger: str, filled: Mapping[str, Any], actor: Actor, /) -> object: ...


@dataclass(frozen=True, slots=True)
class Done:
    """What follows from a step looks at this, and may do more in the same transaction: all of it, or nothing."""

    casework: "Casework"
    enter: Enter
    writing: LogWriting
    case: CaseNow
    step: str
    form: Form
    actor: Actor


def as_filed(_db: Connection, form: Any) -> Any:
    """For a kind of which the city fills in nothing."""
    return form


def nothing_more(_done: Done) -> None:
    """For a kind whose steps move nothing but the case."""


def in_area(_db: Connection, case: CaseNow, actor: Actor) -> bool:
    """Staff work on cases of their area."""
    return covers(actor.area, case.area)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of case. `prefix`: of its numbers; `forms`: of steps that fill something in; `opens`: who may open one.

    `area`: where it belongs, `owner`: which body is responsible, both from what was filled in; `target`: with the
    applicants and the day it makes the act, which is done once, and once more after a state of `again`; `check` raises
    Refused or NotAllowed; `then`: what a step brings about elsewhere, where it cannot, the step is refused; `reaches`:
    whether staff may work on a case; `fills`: what was filed, with what the city itself fills in (`readOnly` fields).
    """

    name: str
    prefix: str
    workflow: Workflow
    opening: type[Application]
    forms: Mapping[str, type[Form]] = field(default_factory=dict)
    opens: frozenset[Role]
    area: Callable[[Any], str]
    owner: Callable[[Connection, Any], str]
    target: Callable[[Any], str]
    check: Callable[[Asking], None] = no_rule
    then: Callable[[Done], None] = nothing_more
    reaches: Callable[[Connection, CaseNow, Actor], bool] = in_area
    again: frozenset[str] = frozenset()
    fills: Callable[[Connection, Any], Any] = as_filed

    def form_of(self, step: str) -> type[Form]:
        return self.opening if step == "open" else self.forms.get(step, Nothing)


@dataclass(frozen=True, slots=True)
class Opened:
    """`is_new` False: the same application was there before, and this is it."""

    case: CaseNow
    is_new: bool


class Casework:
    def __init__(
        self,
        log: CityLog,
        kinds: Mapping[str, Kind],
        seal: Sealer,
        tokens: Tokens,
        new_id: Callable[[], str],
        calendar: Callable[[Books], Calendar] = lambda _books: Calendar(),
        enter: Enter | None = None,
    ) -> None:
        self._log, self.kinds, self._seal, self._tokens = log, kinds, seal, tokens
        self._new_id, self._calendar = new_id, calendar
        self._enter: Enter = enter or _no_ledgers

    def sealed(self, about: str, fields: Mapping[str, Any]) -> str:
        """For the city's eyes alone: for what follows from a step."""
        return self._seal(about, fields)

    def open(self, kind: str, filled: Mapping[str, Any], actor: Actor, channel: Channel, *, proxy: str = "") -> Opened:
        """`proxy`: the token of who acts for the applicant. Raises BadForm, NotAllowed, Refused, RecordsUnavailable."""
        of = self.kinds[kind]
        if actor.role not in of.opens:
            raise NotAllowed(f"a {actor.role} opens no {kind}; {', '.join(sorted(of.opens))} may")
        form = parsed(of.opening, filled)
        assert isinstance(form, Application)
        with self._log.writing() as writing:
            return self.open_in(writing, of, form, actor, channel, proxy=proxy)

    def open_in(
        self,
        writing: LogWriting,
        kind: Kind,
        form: Application,
        actor: Actor,
        channel: Channel,
        *,
        proxy: str = "",
        case: str = "",
    ) -> Opened:
        """The same in a transaction that does more. Raises Refused."""
        books, now_ms = writing.books, writing.now_ms
        form = kind.fills(books.db, form.tokened(self._tokens.of))
        tokens = sorted({self._tokens.of(one.number) for one in form.applicants})
        asks = tokens or ([actor.unit] if actor.role == "department" else [])
        act = _act(kind.name, asks, day_of(now_ms).isoformat(), kind.target(form))
        if (first := books.case_of_act(act)) is not None:
            found = books.case_now(first)
            assert found is not None
            if found.state not in kind.again:
                return Opened(found, is_new=False)
        kind.check(Asking(books.db, None, "open", form, actor, now_ms, frozenset(tokens)))
        case, (plain, personal) = case or self._new_id(), form.parts()
        prefix = f"{kind.prefix}-{day_of(now_ms):%Y%m%d}"
        clock = kind.workflow.clock_in(kind.workflow.start)
        with fitting():
            told = CaseOpened(
                case=case, kind=kind.name, state=kind.workflow.start, by=actor.number, role=actor.role,
                unit=actor.unit, clock=clock.name if clock else "",
                due_ms=due_ms(limit_of(books, kind.name, clock), now_ms, self._calendar(books)) if clock else None,
                form=plain, sealed=self._seal(f"case/{case}", personal) if personal else None,
                number=f"{prefix}-{books.last_number(prefix) + 1:05}", channel=channel, area=kind.area(form),
                owner=kind.owner(books.db, form), applicants=tuple(tokens), act=act, proxy=proxy,
            )  # fmt: skip
        writing.append(told)
        opened = books.case_now(case)
        assert opened is not None
        _follow(kind, Done(self, self._enter, writing, opened, "open", form, actor))
        return Opened(opened, is_new=True)

    def step(
        self,
        case: str,
        step: str,
        filled: Mapping[str, Any],
        actor: Actor,
        *,
        reason: str = "",
        delegated_by: str = "",
        channel: Channel | Literal[""] = "",
    ) -> CaseNow:
        """Raises NoSuchCase, BadForm, IllegalStep, NotAllowed, Refused, RecordsUnavailable."""
        with self._log.writing() as writing:
            now = writing.books.case_now(case)
            if now is None or now.kind not in self.kinds:
                raise NoSuchCase(f"no case {case}")
            try:
                about = {"reason": reason, "delegated_by": delegated_by}
                return self.step_in(writing, now, step, filled, actor, channel=channel, **about)
            except (IllegalStep, NotAllowed) as wrong:
                refusal = wrong
                writing.append(CaseStepRefused(
                    case=case, kind=now.kind, step=step[:64] or "-", state=now.state, by=actor.number, role=actor.role,
                    why=str(wrong)[:_WHY_LONGEST],
                ))  # fmt: skip
        raise refusal

    def step_in(
        self,
        writing: LogWriting,
        now: CaseNow,
        step: str,
        filled: Mapping[str, Any],
        actor: Actor,
        *,
        reason: str = "",
        delegated_by: str = "",
        channel: Channel | Literal[""] = "",
    ) -> CaseNow:
        """The same in a transaction that does more; nothing is written where it raises."""
        kind, books = self.kinds[now.kind], writing.books
        taken = kind.workflow.step(now.state, step)
        power = delegation.power(books, delegated_by, actor, now.kind, writing.now_ms) if delegated_by else actor
        if power is None:
            raise NotAllowed(f"{delegated_by} has delegated nothing of {now.kind} to {actor.number}")
        if actor != SYSTEM:
            _may(books, kind, power, taken, now)
        if taken.reason and not reason.strip():
            raise BadForm("reason: say why; the applicant will read it")
        form = parsed(kind.form_of(step), filled).tokened(self._tokens.of)
        kind.check(Asking(books.db, now, step, form, power, writing.now_ms, books.persons_of(now.case)))
        plain, personal = form.parts()
        clock, due, kept = self._clock(books, kind.workflow, now, taken, writing.now_ms)
        with fitting():
            told = CaseStepped(
                case=now.case, kind=now.kind, state=taken.to, by=actor.number, role=power.role, unit=power.unit,
                clock=clock, due_ms=due, left=kept, form=plain,
                sealed=self._seal(f"case/{now.case}", personal) if personal else None,
                step=step, from_state=now.state, reason=reason.strip()[:_WHY_LONGEST], delegated_by=delegated_by,
                channel="system" if actor == SYSTEM else channel,
            )  # fmt: skip
        writing.append(told)
        moved = books.case_now(now.case)
        assert moved is not None
        _follow(kind, Done(self, self._enter, writing, moved, step, form, actor))
        return moved

    def _clock(
        self, books: Books, workflow: Workflow, now: CaseNow, taken: Step, now_ms: int
    ) -> tuple[str, int | None, int | None]:
        """The limit that runs after a step, when it is due, and what it has left where it stands still."""
        running = workflow.clock(now.clock)
        calendar = self._calendar(books)
        if taken.to == AWAITING_APPLICANT and running is not None and now.due_ms is not None:
            return now.clock, now.due_ms, left(limit_of(books, now.kind, running), now.due_ms, now_ms, calendar)
        following = workflow.clock_in(taken.to)
        if following is None:
            return "", None, None
        if following.name != now.clock or now.due_ms is None:
            return following.name, due_ms(limit_of(books, now.kind, following), now_ms, calendar), None
        if now.left is None:
            return now.clock, now.due_ms, None
        return now.clock, resumed_ms(following.limit, now.left, now.due_ms, now_ms, calendar), None


def _follow(kind: Kind, done: Done) -> None:
    """Raises Refused for whatever cannot follow: the step itself is undone with it, so it is no try to write down."""
    try:
        kind.then(done)
    except (IllegalStep, NotAllowed) as wrong:
        raise Refused(str(wrong), "这一步引起的后续办理不了，请先处理有关的办件") from wrong


def _no_ledgers(_writing: LogWriting, ledger: str, _filled: Mapping[str, Any], _actor: Actor) -> object:
    raise NotAllowed(f"no ledger {ledger} is kept here")


@contextmanager
def fitting() -> Iterator[None]:
    """What a form allows may still be too long for an event. Raises BadForm."""
    try:
        yield
    except ValidationError as wrong:
        raise BadForm(explain(wrong)) from None


def parsed(model: type[Form], filled: Mapping[str, Any]) -> Form:
    """Raises BadForm."""
    try:
        return model.model_validate(filled)
    except ValidationError as wrong:
        raise BadForm(explain(wrong)) from None


def _may(books: Books, kind: Kind, actor: Actor, taken: Step, now: CaseNow) -> None:
    """Raises NotAllowed."""
    if actor.role not in taken.roles:
        raise NotAllowed(f"{taken.name} is for {', '.join(sorted(taken.roles))}, not for a {actor.role}")
    if taken.level is not None and actor.level != taken.level:
        raise NotAllowed(f"{taken.name} is for the {taken.level} level, not for the {actor.level}'s")
    if actor.role == "applicant":
        if actor.number not in books.persons_of(now.case):
            raise NotAllowed("the case is somebody else's")
    elif not kind.reaches(books.db, now, actor):
        raise NotAllowed(f"the case belongs to {now.area}, which is not in {actor.area}")


def _act(kind: str, asks: list[str], day: str, target: str) -> str:
    return sha256(encode({"kind": kind, "persons": asks, "day": day, "target": target})).hexdigest()
