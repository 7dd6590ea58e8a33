"""The naming form of the web: a kiosk takes all that it holds, and asks for the card next."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.portal import naming
from contract.web_drafts import WebDraft
from edge.domain.visits.matters import place_names
from edge.services.visits import Look
from tests.unit.edge.services.visits.counter_hall import Hall

NEW = {"county": "330802", "kind": "road", "name": "样例路", "reason": "new"}
OTHER = {"county": "330881", "kind": "bridge", "old": "旧桥", "name": "新桥", "reason": "twin"}
CODE = "123456789"


def draft(act: str, typed: dict[str, str]) -> WebDraft:
    read = naming.read(act, typed)
    assert read.wrong == {}
    return WebDraft.model_validate(
        {"case": "01900000-0000-7000-8000-000000000001", "code": CODE, "matter": "place_names", "forms": read.forms}
    )


@pytest.mark.parametrize(("act", "typed"), [("naming", NEW), ("renaming", OTHER)])
def test_a_kiosk_asks_for_nothing_that_was_filled_in(tmp_path: Path, act: str, typed: dict[str, str]) -> None:
    hall = Hall(tmp_path, matters=place_names.MATTERS)
    hall.visits.adopt(draft(act, typed))
    view = hall.visits.view(hall.visits.resume(CODE, Look()))
    assert getattr(view.page, "name", "") == "applicant.card"
    assert [one.name for one in view.asked] == [
        "act", "county", "kind", *(["old"] if act == "renaming" else []), "name.1", f"reason.{act}",
    ]  # fmt: skip
    assert view.answers["name.1"] == {"typed": typed["name"]}


def test_the_choices_are_those_of_the_kiosk() -> None:
    assert naming.COUNTIES == place_names.COUNTIES
    assert naming.KINDS == place_names.KINDS
    assert naming.REASONS == place_names.REASONS


@pytest.mark.parametrize(
    ("field", "text", "why"),
    [
        ("county", "", "apply.wrong.choice"),
        ("county", "330800", "apply.wrong.choice"),
        ("kind", "river", "apply.wrong.choice"),
        ("reason", "twin", "apply.wrong.choice"),
        ("name", "路", "apply.wrong.name"),
        ("name", " \u200b\u202e路\x00 ", "apply.wrong.name"),
        ("name", "长" * 31, "apply.wrong.name"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(field: str, text: str, why: str) -> None:
    assert naming.read("naming", {**NEW, field: text}).wrong == {field: why}


@pytest.mark.parametrize("name", ["长" * 30, "𬱟𣗋路", "阿卜杜·买买提路", "<script>路", "\"'路", "〇一路"])
def test_names_stay_as_they_are_written(name: str) -> None:
    forms = naming.read("naming", {**NEW, "name": name}).forms
    assert forms["name.1"]["typed"] == (name.upper(),)


def test_a_renaming_to_the_same_name_is_none() -> None:
    assert naming.read("renaming", {**OTHER, "name": "旧桥"}).wrong == {"name": "apply.wrong.same"}


@given(st.text(max_size=60))
def test_nothing_hidden_is_left_in_a_name(text: str) -> None:
    plain = naming.written(text)
    assert not [one for one in plain if unicodedata.category(one) in ("Cc", "Cf", "Cs")]
    assert naming.written(plain) == plain
