"""What is an answer, and what is told where something is none."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.visits.questions import (
    Answer,
    Card,
    Choice,
    Consent,
    Counted,
    Face,
    Form,
    Line,
    Lookup,
    NotAnAnswer,
    Notice,
    Option,
    Pad,
    Pay,
    Question,
    Review,
    Said,
    Scan,
    Sign,
)

AB = (Option(key="a"), Option(key="b"), Option(key="c", off=Said("今天不办", "not today")))
POINTS = " ".join(f"{n},{n * 2},{n * 10}" for n in range(25))


def why(question: Question, form: Form) -> str:
    with pytest.raises(NotAnAnswer) as wrong:
        question.read(form)
    return wrong.value.why


def test_nothing_is_chosen_until_the_visitor_chooses() -> None:
    one = Choice(name="q", options=AB)
    assert why(one, {}) == "choose.one"
    assert why(one, {"chosen": ["a", "b"]}) == "choose.one"
    assert why(one, {"chosen": ["c"]}) == "choose.gone"  # it is shown, with why not now
    assert one.read({"chosen": ["b"]}) == {"chosen": "b"}


def test_several_can_be_chosen_where_the_question_says_so() -> None:
    some = Choice(name="q", options=AB, many=True)
    assert some.read({"chosen": ["a", "b", "a"]}) == {"chosen": ["a", "b"]}
    assert why(some, {}) == "choose.one"
    assert Choice(name="q", options=AB, many=True, may_be_none=True).read({}) == {"chosen": []}


def test_a_choice_that_went_meanwhile_does_not_fit_any_more() -> None:
    assert Choice(name="q", options=AB).fits({"chosen": "a"})
    assert not Choice(name="q", options=AB[1:]).fits({"chosen": "a"})
    assert not Choice(name="q", options=AB, many=True).fits({"chosen": ["a", "z"]})


def test_a_card_is_answered_by_the_reader_and_its_lack_by_the_visitor() -> None:
    assert Card(name="q").read({"instead": ["no_card"]}) == {"instead": "no_card"}
    assert why(Card(name="q"), {"instead": ["unreadable"]}) == "card.place"  # only the reader can say so
    assert why(Card(name="q", may_decline=False), {"instead": ["no_card"]}) == "card.place"


def test_the_face_check_can_be_left_at_any_moment_and_never_answered_by_a_form() -> None:
    face = Face(name="q", token="t", consent="c")
    assert face.read({"instead": ["window"]})["result"] == "window"
    assert why(face, {"result": ["match"]}) == "face.look"


@pytest.mark.parametrize("ask", [
    lambda token: Face(name="q", token=token, consent="c"),
    lambda token: Consent(name="q", token=token),
    lambda token: Sign(name="q", document="d", signer=token),
])  # fmt: skip
def test_what_one_person_consented_to_showed_or_signed_is_no_answer_of_another(ask: Callable[[str], Question]) -> None:
    mine = ask("a" * 64)
    assert mine.fits(mine.kept({}))
    assert not ask("b" * 64).fits(mine.kept({}))


def test_what_is_nobodys_in_particular_is_kept_as_it_came() -> None:
    notice = Notice(name="q")
    assert notice.kept({"seen": True}) == {"seen": True}
    assert notice.fits({"seen": True})


def test_consent_is_one_of_two_answers_and_keeps_the_version_of_its_text() -> None:
    consent = Consent(name="q", text_version="v1")
    assert consent.read({"way": ["no"]}) == {"way": "no", "text_version": "v1"}
    assert consent.read({"way": ["yes"]}) == {"way": "yes", "text_version": "v1"}
    assert why(consent, {}) == "choose.one"
    assert why(consent, {"way": ["maybe"]}) == "choose.one"


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("phone", "000-12345678", "000-12345678"),
        ("phone", "00012345678", "000-12345678"),
        ("room", "3-301", "3-301"),
        ("room", "301", "301"),
        ("code", "3821", "3821"),
        ("letters", "qz", "QZ"),
        ("credit_code", "51330899mjt000010l", "51330899MJT000010L"),
        ("plate", "h12345", "H12345"),
        ("plate", "HF12345", "HF12345"),
        ("place_name", "测试路", "测试路"),
    ],
)
def test_a_pad_takes_what_is_whole(kind: str, typed: str, kept: str) -> None:
    assert Pad(name="q", kind=kind).read({"typed": [typed]}) == {"typed": kept}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("phone", "12345"),
        ("code", "38"),
        ("room", "x"),
        ("credit_code", "1"),
        ("plate", "I12345"),
        ("plate", "H123O5"),
        ("plate", "H1234"),
    ],
)
def test_a_pad_says_what_is_missing(kind: str, typed: str) -> None:
    assert why(Pad(name="q", kind=kind), {"typed": [typed]}) == f"pad.{kind}"  # type: ignore[arg-type]
    assert why(Pad(name="q", kind=kind), {"skip": ["1"]}) == f"pad.{kind}"  # type: ignore[arg-type]
    assert Pad(name="q", kind=kind, may_skip=True).read({"skip": ["1"]}) == {"typed": ""}  # type: ignore[arg-type]


def test_a_credit_code_with_one_wrong_sign_is_said_so_and_not_looked_up() -> None:
    assert why(Pad(name="q", kind="credit_code"), {"typed": ["51330899MJT000011L"]}) == "pad.credit_code.wrong"
    assert why(Pad(name="q", kind="credit_code"), {"typed": ["51330899MJT00010OL"]}) == "pad.credit_code"


def test_counts_begin_at_nought_and_stay_in_their_bounds() -> None:
    counted = Counted(name="q", items=AB[:2])
    assert counted.read({}) == {"counts": {}}
    assert counted.read({"n_a": ["2"], "n_b": ["0"], "n_z": ["9"]}) == {"counts": {"a": 2}}
    for wrong in ("10", "-1", "1.5", "x", "1" * 50):
        assert why(counted, {"n_a": [wrong]}) == "counted.range"


def test_a_signature_needs_some_points_and_not_too_many() -> None:
    sign = Sign(name="q", document="d")
    signed = sign.read({"strokes": [POINTS]})
    assert signed["how"] == "screen"
    assert len(signed["strokes"][0]) == 25
    assert signed["sha256"] == sign.read({"strokes": [POINTS]})["sha256"]
    assert why(sign, {}) == "sign.short"
    assert why(sign, {"strokes": ["1,1,1"]}) == "sign.short"
    assert why(sign, {"strokes": [POINTS.replace(",", ";")]}) == "sign.short"
    assert why(sign, {"strokes": [";".join([POINTS] * 201)]}) == "sign.long"
    assert sign.read({"instead": ["window"]}) == {"how": "window"}


def test_a_reviews_fingerprint_changes_with_what_it_shows() -> None:
    one = Review(name="q", lines=(Line("a", "1"),), total_fen=100)
    assert one.read({}) == {"right": True}
    assert one.fingerprint != Review(name="q", lines=(Line("a", "2"),), total_fen=100).fingerprint
    assert one.fingerprint != Review(name="q", lines=(Line("a", "1"),), total_fen=101).fingerprint


def test_waiting_for_a_machine_has_a_way_out() -> None:
    assert Lookup(name="q", kind="certificates", about={}).read({"instead": ["later"]}) == {"unavailable": True}
    assert Pay(name="q", order="o", amount_fen=1).read({"instead": ["at_counter"]})["state"] == "at_counter"
    assert Scan(name="q").read({"instead": ["no_code"]}) == {"instead": "no_code"}
    assert why(Scan(name="q", pattern=r"OT1:.+"), {"code": ["else"]}) == "scan.not_ours"


QUESTIONS = (
    Choice(name="q", options=AB), Choice(name="q", options=AB, many=True), Notice(name="q"), Card(name="q"),
    Face(name="q", token="", consent=""), Consent(name="q"), *(Pad(name="q", kind=kind) for kind in (
        "phone", "room", "code", "number", "credit_code", "letters", "plate", "place_name")),
    Review(name="q", lines=()), Counted(name="q", items=AB),
    Sign(name="q", document="d"), Lookup(name="q", kind="certificates", about={}),
    Pay(name="q", order="o", amount_fen=1), Scan(name="q"),
)  # fmt: skip
FIELDS = st.sampled_from(["chosen", "instead", "way", "typed", "skip", "strokes", "code", "n_a", "n_b"])


@given(st.sampled_from(QUESTIONS), st.dictionaries(FIELDS, st.lists(st.text(max_size=60), max_size=4)))
def test_whatever_is_sent_is_an_answer_that_fits_or_is_told_what_to_do(question: Question, form: Form) -> None:
    told = ""
    try:
        answer: Answer | None = question.read(form)
    except NotAnAnswer as wrong:
        answer, told = None, wrong.why
    assert "." in told if answer is None else question.fits(answer)
