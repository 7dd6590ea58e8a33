"""Every service's pages can say everything that its kinds of cases have."""

import pytest

from cloud.matters import KINDS, WORDS
from cloud.office import words as office_words
from cloud.office.inputs import inputs_of
from cloud.services.casework import Kind


def keys_of(kind: Kind) -> set[str]:
    forms = [kind.opening, *(kind.form_of(step.name) for step in kind.workflow.steps)]
    inputs = [one for form in forms for one in inputs_of(form)]
    return {
        kind.name,
        *(f"{kind.name}.state.{state}" for state in kind.workflow.states),
        *(f"{kind.name}.step.{step.name}" for step in kind.workflow.steps),
        *(f"{kind.name}.field.{one.name}" for one in inputs),
        *(f"{kind.name}.choice.{choice}" for one in inputs for choice in one.choices),
    }


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_state_step_field_and_choice_of_a_kind_has_its_words(kind: Kind) -> None:
    assert sorted(keys_of(kind) - set(WORDS)) == []


def test_words_are_there_for_what_there_is() -> None:
    kinds = {key.partition(".")[0] for key in WORDS}
    assert kinds == set(KINDS)
    assert not set(WORDS) & set(office_words.WORDS)
    for zh, en in (*WORDS.values(), *office_words.WORDS.values()):
        assert zh.strip()
        assert en.strip()
