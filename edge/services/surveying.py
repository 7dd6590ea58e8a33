"""A collector's work (实地采集): points into the book at once, to the city when there is a network."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from contract.doorplates import MOST_AT_ONCE, Point, Synced
from edge.domain.survey import BadPoint, Kept, NoNetwork, corrected, made, of_csv, read


class OpenBook(Protocol):
    @property
    def lines(self) -> Sequence[Mapping[str, Any]]: ...
    def add(self, lines: Sequence[Mapping[str, Any]]) -> None: ...


class Book(Protocol):
    def writing(self) -> AbstractContextManager[OpenBook]: ...


class City(Protocol):
    def send(self, points: Sequence[Point]) -> Synced: ...


@dataclass(frozen=True, slots=True)
class Sync:
    """`lost`: why it ended before all were sent, "" when all were."""

    sent: int
    waiting: int
    returned: int
    refused: int
    lost: str = ""


class Surveying:
    """`clock`: UTC milliseconds. Each method raises OSError, BadPoint; what it returns is on the disk."""

    def __init__(self, book: Book, clock: Callable[[], int], new_id: Callable[[], str]) -> None:
        self._book, self._clock, self._new_id = book, clock, new_id

    def add(self, filled: Mapping[str, Any]) -> Point:
        point = made({"point": self._new_id(), "taken_at_ms": self._clock(), **filled})
        with self._book.writing() as book:
            book.add([_line(point)])
        return point

    def take_csv(self, text: str) -> tuple[int, int]:
        """(points in it, those of them that are new)."""
        with self._book.writing() as book:
            pages = read(book.lines)
            points = {point.point: point for point in of_csv(text, pages.name, self._clock())}
            fresh = [point for name, point in points.items() if name not in pages.kept]
            book.add([_line(point) for point in fresh])
        return len(points), len(fresh)

    def correct(self, name: str, changes: Mapping[str, Any]) -> Point:
        """`name`: a point's id, or enough of its end."""
        with self._book.writing() as book:
            found = [kept for one, kept in read(book.lines).kept.items() if one.endswith(name)]
            if len(found) != 1:
                raise BadPoint(f"{len(found)} points end in {name!r}: `list` shows their ids")
            point = corrected(found[0], {"taken_at_ms": self._clock(), **changes})
            book.add([_line(point)])
        return point

    def kept(self) -> list[Kept]:
        with self._book.writing() as book:
            return list(read(book.lines).kept.values())

    def sync(self, city: City) -> Sync:
        """Each answer is written down before the next batch goes; the book is free while one is on its way, so that
        points can be added. Raises CityRefused.
        """
        sent, lost = 0, ""
        with self._book.writing() as book:
            waiting = read(book.lines).waiting
            known = _known(book)
        asked = [waiting[n : n + MOST_AT_ONCE] for n in range(0, len(waiting), MOST_AT_ONCE)]
        try:
            for batch in asked or [known] * bool(known):
                told = city.send(batch)
                with self._book.writing() as book:
                    book.add(_told(told))
                sent += len(batch) if asked else 0
        except NoNetwork as wrong:
            lost = str(wrong)
        standing = [one.standing for one in self.kept()]
        return Sync(sent, standing.count("waiting"), standing.count("returned"), standing.count("refused"), lost)


def _told(told: Synced) -> list[dict[str, Any]]:
    answers = [{"answer": one.model_dump(mode="json")} for one in told.answers]
    return answers + [{"returned": one.model_dump(mode="json")} for one in told.returned]


def _known(book: OpenBook) -> list[Point]:
    """With nothing to send, one that the city has: what was sent back comes with the answer."""
    return [one.point for one in read(book.lines).kept.values()][:1]


def _line(point: Point) -> dict[str, Any]:
    return {"kept": point.model_dump(mode="json", exclude_defaults=True)}
