"""What a page of the kiosk can ask. A question knows what is an answer; it knows nothing of HTML or of devices.

An answer is a JSON object. Texts are keys of the kiosk's catalogue: a question `q` of a matter `m` has the words `m.q`,
an option `o` of it `m.q.o`; `words` replaces `m.q` where several matters share a question. What comes from data
brings its own text in both languages. `values` fill the places of the words; private ones are never read aloud.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Literal, NamedTuple

from contract.events.data import EventData
from contract.identifiers import credit_code

Answer = Mapping[str, Any]
Form = Mapping[str, Sequence[str]]
Section = str
FaceReader = Literal["camera", "terminal"]


class Said(NamedTuple):
    """A text that data brings, in both languages."""

    zh: str
    en: str


class NotAnAnswer(ValueError):
    """What came is no answer yet. `why` is the catalogue's key of what to do now."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, kw_only=True)
class Question:
    """`section`: the part of the matter it belongs to, for "2 / 5". `slow`: a page that wants more time (240 s).

    `personal`: the page shows or asks something about a person. `calls`: staff is called about this as soon as the page
    is reached, and `tells` is told. `left`: the answer of somebody who walks away from this page, so that what was said
    before counts; None: then the conversation was not finished.
    """

    name: str
    words: str = ""
    section: Section = ""
    personal: bool = True
    slow: bool = False
    values: Mapping[str, str | Said] = field(default_factory=dict)
    private: frozenset[str] = frozenset()
    calls: str = ""
    tells: tuple[EventData, ...] = ()
    left: Answer | None = None

    def read(self, form: Form) -> Answer:
        """The answer in a form that was sent. Raises NotAnAnswer."""
        raise NotImplementedError

    @property
    def person(self) -> str:
        """Whose answer it must be: their token; "" where it is nobody's in particular."""
        return ""

    def fits(self, answer: Answer) -> bool:
        """Whether a kept answer is still one: a slot may have gone meanwhile, another card may have been laid."""
        return bool(answer.get("of", self.person) == self.person)

    def kept(self, answer: Answer) -> Answer:
        """As it is kept: with whose it is."""
        return {**answer, "of": self.person} if self.person else answer


@dataclass(frozen=True, kw_only=True)
class Option:
    """`key` is what the answer holds. `note`: smaller, below; `icon`: of the sprite; `off`: why not now.

    `note` and `off` are texts or keys of the catalogue.
    """

    key: str
    text: Said | None = None
    note: Said | str | None = None
    icon: str = ""
    off: Said | str | None = None
    values: Mapping[str, str | Said] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Choice(Question):
    """One of some (一选), or several where `many`. Answer {"chosen": key} or {"chosen": [keys]}.

    `style` cards: at most four large ones; pictures: four with one or two words; list: pages of five; pairs: eight in
    two columns; dates; slots; consent: two of the same size, no preselection. Nothing is ever chosen beforehand.
    `stays`: keys that stand on every part, however far it is leafed.
    """

    options: tuple[Option, ...]
    style: Literal["cards", "pictures", "list", "pairs", "dates", "slots", "consent"] = "cards"
    many: bool = False
    may_be_none: bool = False
    stays: frozenset[str] = frozenset()

    def read(self, form: Form) -> Answer:
        chosen = [key for key in dict.fromkeys(form.get("chosen", ())) if key]
        allowed = {option.key for option in self.options if option.off is None}
        if not set(chosen) <= allowed:
            raise NotAnAnswer("choose.gone")
        if self.many:
            if not chosen and not self.may_be_none:
                raise NotAnAnswer("choose.one")
            return {"chosen": chosen}
        if len(chosen) != 1:
            raise NotAnAnswer("choose.one")
        return {"chosen": chosen[0]}

    def fits(self, answer: Answer) -> bool:
        chosen = answer.get("chosen")
        allowed = {option.key for option in self.options if option.off is None}
        return set(chosen if isinstance(chosen, list) else [chosen]) <= allowed


@dataclass(frozen=True, kw_only=True)
class Notice(Question):
    """Something to read (告知), and one button to go on. `lines` as in a review."""

    lines: tuple["Line", ...] = ()

    def read(self, form: Form) -> Answer:  # noqa: ARG002
        return {"seen": True}


@dataclass(frozen=True, kw_only=True)
class Card(Question):
    """An identity card laid on the reader (读证). Answer {"person": …} by the reader, or {"instead": why}: no_card by
    the visitor; unreadable (after three bad reads), unsupported, expired, reader_gone by the machine.

    `not_tokens`: people who have laid theirs already. `on`: ISO date on which it must be valid, "" for any card.
    """

    not_tokens: frozenset[str] = frozenset()
    may_decline: bool = True
    on: str = ""

    def read(self, form: Form) -> Answer:
        if self.may_decline and list(form.get("instead", ())) == ["no_card"]:
            return {"instead": "no_card"}
        raise NotAnAnswer("card.place")


@dataclass(frozen=True, kw_only=True)
class Face(Question):
    """Look at the circle (刷脸). Only after a consent; answer {"result": match | window, …} by the checker, or
    {"result": "window"} by the visitor at any moment. No result is a refusal. `reference`: what the face is compared
    with; a document_photo is held before the camera first. `reader`: who looks; a terminal stands beside the screen.
    """

    token: str
    consent: str  # the question by which it was given
    reference: Literal["card_photo", "document_photo"] = "card_photo"
    reader: FaceReader = "camera"

    @property
    def person(self) -> str:
        return self.token

    def read(self, form: Form) -> Answer:
        if list(form.get("instead", ())) == ["window"]:
            return {"result": "window", "attempts": 0, "why": "chosen"}
        raise NotAnAnswer("face.look")


@dataclass(frozen=True, kw_only=True)
class Consent(Question):
    """Face or not (同意采集): two ways of one size and rank. Answer {"way": "face" | "other", "text_version": …}."""

    scope: Literal["face_compare", "face_gallery", "family_economy_check", "contact"] = "face_compare"
    token: str = ""
    text_version: str = "2026-11"
    first: Literal["face", "other"] = "other"  # which stands first; alternates by day

    @property
    def person(self) -> str:
        return self.token

    def read(self, form: Form) -> Answer:
        match list(form.get("way", ())):
            case ["yes" | "no" as way]:
                return {"way": way, "text_version": self.text_version}
        raise NotAnAnswer("choose.one")


_PADS: Mapping[str, str] = {
    "phone": r"(1[3-9]\d{9}|000-?\d{8})",
    "room": r"\d{1,2}-?\d{2,4}",
    "code": r"\d{4,8}",
    "number": r"\d{1,6}",
    "credit_code": r"[0-9A-HJ-NP-RTUW-Y]{18}",
    "letters": r"[A-Z]{1,12}",
    "plate": r"[A-HJ-NP-Z][A-HJ-NP-Z0-9]{5,6}",  # GA 36: after the province; six signs for new-energy cars
    "place_name": r".{2,30}",
}


@dataclass(frozen=True, kw_only=True)
class Pad(Question):
    """Keys on the screen (按键), never a keyboard: digits, or the first letters of pinyin. Answer {"typed": text}.

    `kind` decides the keys and what is whole; "place_name" has keys of pinyin and characters to choose from.
    `may_skip`: {"typed": ""}.
    """

    kind: Literal["phone", "room", "code", "number", "credit_code", "letters", "plate", "place_name"]
    may_skip: bool = False
    may_scan: bool = False

    def read(self, form: Form) -> Answer:
        typed = "".join(form.get("typed", ())).strip().upper()
        if not typed:
            if self.may_skip and list(form.get("skip", ())) == ["1"]:
                return {"typed": ""}
            raise NotAnAnswer(f"pad.{self.kind}")
        if re.fullmatch(_PADS[self.kind], typed) is None:
            raise NotAnAnswer(f"pad.{self.kind}")
        if self.kind == "credit_code":
            _check_credit_code(typed)
        if self.kind == "phone" and typed.startswith("000") and "-" not in typed:
            typed = f"000-{typed[3:]}"
        return {"typed": typed}


def _check_credit_code(typed: str) -> None:
    """One that cannot be a code is said at once, before anything is looked up. Raises NotAnAnswer."""
    try:
        credit_code.parse(typed)
    except credit_code.BadCreditCode:
        raise NotAnAnswer("pad.credit_code.wrong") from None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a review or receipt. `label`, `value`: catalogue keys or texts; `change`: the question that 改 asks.

    `values` fill the places of `value`; a receipt keeps none, its lines are whole.
    """

    label: str | Said
    value: str | Said
    change: str = ""
    private: bool = False
    values: Mapping[str, str | Said] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Review(Question):
    """Check what was said (核对). Each line may be changed; the one button says what it does."""

    lines: tuple[Line, ...]
    total_fen: int | None = None

    def read(self, form: Form) -> Answer:  # noqa: ARG002
        return {"right": True}

    @property
    def fingerprint(self) -> str:
        told = repr([(line.label, line.value, dict(line.values)) for line in self.lines]) + repr(self.total_fen)
        return sha256(told.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Counted(Question):
    """How many of each (选购): price lines with − and +. Answer {"counts": {key: n}}. Everything begins at nought."""

    items: tuple[Option, ...]
    most: int = 9
    prices: Mapping[str, int] = field(default_factory=dict)  # fen

    def read(self, form: Form) -> Answer:
        counts: dict[str, int] = {}
        for item in self.items:
            text = "".join(form.get(f"n_{item.key}", ())) or "0"
            if not text.isdecimal() or len(text) > 3 or int(text) > self.most:
                raise NotAnAnswer("counted.range")
            if int(text):
                counts[item.key] = int(text)
        return {"counts": counts}

    def fits(self, answer: Answer) -> bool:
        return set(answer.get("counts", {})) <= {item.key for item in self.items}


@dataclass(frozen=True, kw_only=True)
class Sign(Question):
    """A statement read and signed (签名) with the finger or on the pad. `lines` are the statement as it is shown.

    Answer {"strokes": [[[x, y, ms], …], …], "sha256": …, "document_sha256": …, "how": screen | pad | window}.
    `may_go_to_window`: who cannot sign here signs there.
    """

    document: str
    lines: tuple[Line, ...] = ()
    signer: str = ""  # token

    MOST_POINTS = 5000
    FEWEST_POINTS = 20

    @property
    def person(self) -> str:
        return self.signer

    def document_hash(self, shown: str) -> str:
        """`shown`: the very words on the page."""
        return sha256(shown.encode()).hexdigest()

    def read(self, form: Form) -> Answer:
        if list(form.get("instead", ())) == ["window"]:
            return {"how": "window"}
        strokes = _strokes("".join(form.get("strokes", ())), self.MOST_POINTS)
        if sum(map(len, strokes)) < self.FEWEST_POINTS:
            raise NotAnAnswer("sign.short")
        told = repr(strokes).encode()
        return {"strokes": strokes, "sha256": sha256(told).hexdigest(), "how": "screen"}


def _strokes(text: str, most: int) -> list[list[list[int]]]:
    """`x,y,ms x,y,ms;…`, one stroke after the other. Raises NotAnAnswer."""
    if len(text) > most * 20:
        raise NotAnAnswer("sign.long")
    try:
        strokes = [
            [[int(number) for number in point.split(",")] for point in stroke.split()]
            for stroke in text.split(";")
            if stroke.strip()
        ]
    except ValueError:
        raise NotAnAnswer("sign.short") from None
    if any(len(point) != 3 or not all(0 <= n <= 10_000_000 for n in point) for stroke in strokes for point in stroke):
        raise NotAnAnswer("sign.short")
    if sum(map(len, strokes)) > most:
        raise NotAnAnswer("sign.long")
    return strokes


@dataclass(frozen=True, kw_only=True)
class Lookup(Question):
    """Something the cloud knows (查询). Answered by a machine: {"found": […]} or {"unavailable": true}; after 10 s the
    visitor may go on without: {"unavailable": true}.
    """

    kind: Literal["certificates", "online_check"]
    about: Mapping[str, Any]

    def read(self, form: Form) -> Answer:
        if list(form.get("instead", ())) == ["later"]:
            return {"unavailable": True}
        raise NotAnAnswer("lookup.wait")


@dataclass(frozen=True, kw_only=True)
class Pay(Question):
    """Pay (支付) through a provider. Answer {"state": paid | at_counter, "reference": …} ; failed asks again."""

    order: str
    amount_fen: int

    def read(self, form: Form) -> Answer:
        match list(form.get("instead", ())):
            case ["at_counter"]:
                return {"state": "at_counter", "reference": ""}
        raise NotAnAnswer("pay.wait")


@dataclass(frozen=True, kw_only=True)
class Scan(Question):
    """A code held before the scanner (扫码), or typed. Answer {"code": text} or {"instead": "no_code"}."""

    pattern: str = r".{4,300}"

    def read(self, form: Form) -> Answer:
        if list(form.get("instead", ())) == ["no_code"]:
            return {"instead": "no_code"}
        code = "".join(form.get("code", ())).strip()
        if re.fullmatch(self.pattern, code) is None:
            raise NotAnAnswer("scan.not_ours")
        return {"code": code}
