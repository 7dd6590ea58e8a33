"""A procedure (办理流程) as a table: states, who may take which step, and how long it may take. Pure.

A case (办件) is in one state. A step leads from a state to another, is taken by a role, and by the level it names:
village (村), township (乡镇), county (县), city (市). A clock (时限) runs while the case is in one of its states and
stands still only while the applicant is waited for (补正), as 行政许可法 articles 42 and 45 have it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cloud.domain.actor import Level, Role
from cloud.domain.deadline import Limit
from cloud.domain.happened import IllegalStep

AWAITING_APPLICANT = "awaiting_applicant"


@dataclass(frozen=True, slots=True)
class Step:
    """`level`: of whoever takes it, None for any; `reason`: one must be given (a refusal, a return)."""

    name: str
    sources: tuple[str, ...]
    to: str
    roles: frozenset[Role]
    level: Level | None = None
    reason: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """`runs_in`: states; it begins with the first of them and ends with the first state that is none of them."""

    name: str
    runs_in: frozenset[str]
    limit: Limit


@dataclass(frozen=True, slots=True)
class Workflow:
    """Raises ValueError for a table that cannot be meant: a state nobody reaches or leaves, a step with two ends."""

    start: str
    final: frozenset[str]
    steps: tuple[Step, ...]
    clocks: tuple[Clock, ...] = ()
    _by_state: Mapping[tuple[str, str], Step] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_state: dict[tuple[str, str], Step] = {}
        for step in self.steps:
            for source in step.sources:
                if (source, step.name) in by_state:
                    raise ValueError(f"two steps {step.name} from {source}")
                by_state[source, step.name] = step
        object.__setattr__(self, "_by_state", by_state)
        left, reached = {source for source, _ in by_state}, {self.start, *(step.to for step in self.steps)}
        if left != reached - self.final or not self.final <= reached:
            raise ValueError(f"reached {sorted(reached)}, left {sorted(left)}, final {sorted(self.final)}")
        running = [state for clock in self.clocks for state in clock.runs_in]
        if len(running) != len(set(running)) or not set(running) <= left - {AWAITING_APPLICANT}:
            raise ValueError("each clock needs states of its own that are neither final nor waiting")

    @property
    def states(self) -> frozenset[str]:
        return frozenset({self.start, *(step.to for step in self.steps)})

    def step(self, state: str, name: str) -> Step:
        """Raises IllegalStep."""
        if (step := self._by_state.get((state, name))) is None:
            raise IllegalStep(f"no step {name!r} from state {state!r}; possible: {', '.join(self.names(state)) or '-'}")
        return step

    def names(self, state: str) -> tuple[str, ...]:
        """Of the steps that leave this state, as they are declared."""
        return tuple(step.name for step in self.steps if state in step.sources)

    def clock_in(self, state: str) -> Clock | None:
        return next((clock for clock in self.clocks if state in clock.runs_in), None)

    def clock(self, name: str) -> Clock | None:
        return next((clock for clock in self.clocks if clock.name == name), None)


def step(
    name: str, sources: str | Iterable[str], to: str, *roles: Role, level: Level | None = None, reason: bool = False
) -> Step:
    """A row of a procedure's table. `sources`: names with | between them, or a collection."""
    return Step(
        name, tuple(sources.split("|") if isinstance(sources, str) else sources), to, frozenset(roles), level, reason
    )


def clock(name: str, runs_in: str, limit: Limit) -> Clock:
    return Clock(name, frozenset(runs_in.split("|")), limit)
