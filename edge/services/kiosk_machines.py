"""The machines beside the kiosk: card reader, scanner, printer, and what asks the cloud. What takes time runs here.

Each piece of work belongs to one session and one question; when the visitor has gone on or away its result is dropped.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from typing import Any, Protocol

from contract.events.visits import OnlineCheckResult
from edge.domain.visits.conversation import Ending
from edge.domain.visits.questions import Answer, Face, Lookup, Pay, Question
from edge.ports import CloudLookups, CloudUnreachable
from edge.services.visits import Session, Visits

log = logging.getLogger(__name__)


class Devices(Protocol):
    def act(self, device: str, action: str, **arguments: str | int) -> None:
        """Raises OSError when nobody answers, ValueError when it is refused."""

    def photo(self, device: str) -> str:
        """Of the card that was read last at this reader, base64, once; "" for none."""


class FaceChecks(Protocol):
    """Looks at a face for a session, after its consent, and answers through `give`."""

    wants_photos: bool
    """Whether it compares with the photo of a card that was read."""

    def on_card(self, fields: Mapping[str, Any]) -> None:
        """A card's fields with its `photo`, before the visits are told of it."""

    def on_compared(self, values: Mapping[str, Any]) -> None:
        """What a face terminal tells of a comparison that it made."""

    def on_standing(self, *, is_there: bool) -> None:
        """Of the face terminal."""

    def begin(self, session: Session, question: Face) -> None: ...
    def end(self, session: Session) -> None: ...


class NoFaceChecks:
    wants_photos = False

    def on_card(self, fields: Mapping[str, Any]) -> None: ...

    def on_compared(self, values: Mapping[str, Any]) -> None: ...

    def on_standing(self, *, is_there: bool) -> None: ...

    def begin(self, session: Session, question: Face) -> None: ...

    def end(self, session: Session) -> None: ...


class KioskMachines:
    """`roles`: which device is the card_reader, scanner, printer, signature_pad, face_terminal.

    `receipt`: the tickets' texts.
    """

    def __init__(
        self,
        visits: Visits,
        roles: Mapping[str, str],
        devices: Devices,
        cloud: CloudLookups | None,
        faces: FaceChecks,
        receipt: Callable[[Session], Sequence[str]],
        work: Executor,
    ) -> None:
        self._visits, self._roles, self._devices = visits, roles, devices
        self._cloud, self._faces, self._receipt, self._work = cloud, faces, receipt, work
        self._open: dict[str, bool] = {}
        self._prints: dict[str, tuple[str, str, Sequence[str]]] = {}  # job: session, case, tickets that come after it
        visits.on_page, visits.on_end, visits.on_leave = self._on_page, self._on_end, self._on_leave

    @property
    def is_reader_gone(self) -> bool:
        reader = self._roles.get("card_reader")
        return reader is None or self._open.get(reader) is False

    # from the devices

    def on_standing(self, device: str, is_open: bool) -> None:  # noqa: FBT001 - as the feed tells it
        if self._open.get(device) == is_open:
            return
        self._open[device] = is_open
        if device == self._roles.get("card_reader"):
            self._visits.on_reader(is_there=is_open)
        if device == self._roles.get("face_terminal"):
            self._faces.on_standing(is_there=is_open)

    def on_happened(self, device: str, what: str, values: Mapping[str, Any]) -> None:
        role = next((role for role, one in self._roles.items() if one == device), "")
        match role, what:
            case "card_reader", "card_read":
                if self._faces.wants_photos:
                    self._faces.on_card({**values, "photo": self._devices.photo(device)})
                self._visits.on_card(values)
            case "card_reader", "card_unreadable":
                self._visits.on_bad_card("unreadable")
            case "card_reader", "card_unsupported":
                self._visits.on_bad_card("unsupported")
            case "face_terminal", "person_compared":
                self._faces.on_compared(values)
            case "scanner", "code_scanned":
                self._visits.on_code(str(values.get("text", "")))
            case "printer", "printed" | "print_failed":
                job = self._prints.pop(str(values.get("job", "")), None)
                if job is not None:
                    self._after_print(*job, done=what == "printed")

    # from the pages; called with the visits' lock held: only begin work here

    def _on_page(self, session: Session, question: Question) -> None:
        self._faces.end(session)
        match question:
            case Face():
                self._faces.begin(session, question)
            case Lookup():
                self._work.submit(self._look_up, session.id, session.case.id, question)
            case Pay():
                self._work.submit(self._pay, session.id, session.case.id, question)

    def _on_end(self, session: Session, ending: Ending) -> None:
        self._faces.end(session)
        if ending.state is None or "printer" not in self._roles:
            return
        texts = self._receipt(session)
        session.printed = "printing"
        self._work.submit(self._print, session.id, session.case.id, texts)

    def _on_leave(self, session: Session) -> None:
        self._faces.end(session)
        for job, (owner, case, rest) in list(self._prints.items()):
            if owner == session.id and not rest:
                del self._prints[job]
            elif owner == session.id:
                self._prints[job] = "", case, rest  # what is left of the slip still comes out

    def _after_print(self, session_id: str, case: str, rest: Sequence[str], *, done: bool) -> None:
        if done and rest:
            self._work.submit(self._print, session_id, case, rest)
        else:
            self._visits.printed(session_id, done=done)

    def _print(self, session_id: str, case: str, texts: Sequence[str]) -> None:
        text, *rest = texts
        job = f"{case}-{len(rest)}" if rest else case
        self._prints[job] = session_id, case, rest
        try:
            self._devices.act(self._roles["printer"], "print", job=job, ticket=text)
        except (OSError, ValueError) as refused:
            log.warning("kiosk: the printer did not take a ticket: %s", refused)
            self._prints.pop(job, None)
            self._visits.printed(session_id, done=False)

    def _look_up(self, session_id: str, case: str, question: Lookup) -> None:
        self._visits.tell(session_id, question.name, state="trying")
        answer: Answer = {"unavailable": True}
        events = []
        if self._cloud is not None:
            try:
                if question.kind == "certificates":
                    answer = {"found": self._cloud.certificates(case, question.about["person"])}
                else:
                    found = self._cloud.online_check(case, question.about["persons"])
                    answer = {"found": [found["result"]]}
                    events.append(OnlineCheckResult(case=case, result=found["result"], request_id=found["request_id"]))
            except CloudUnreachable as error:
                log.info("kiosk: a look-up must wait: %s", error)
            except Exception:
                log.exception("kiosk: a look-up broke")
        self._visits.give(session_id, question.name, answer, *events)

    def _pay(self, session_id: str, case: str, question: Pay) -> None:
        self._visits.tell(session_id, question.name, state="trying")
        if self._cloud is None:
            self._visits.tell(session_id, question.name, state="gone", hint="pay.offline")
            return
        try:
            if not self._visits.open_order(session_id, question):
                return
            paid = self._cloud.pay(question.order, question.amount_fen, case)
        except CloudUnreachable as error:
            log.info("kiosk: a payment must wait: %s", error)
            self._visits.tell(session_id, question.name, state="gone", hint="pay.offline")
            return
        except Exception:
            log.exception("kiosk: a payment broke")
            self._visits.tell(session_id, question.name, state="gone", hint="pay.offline")
            return
        match paid["state"]:
            case "paid":
                self._visits.give(session_id, question.name, paid)
            case "created":  # asked about again and again (edge.services.open_orders), also when nobody waits for it
                self._visits.tell(session_id, question.name, state="late", hint="pay.late")
            case _:
                self._visits.tell(session_id, question.name, state="failed", hint="pay.again")
