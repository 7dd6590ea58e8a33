import re
from pathlib import Path
from typing import get_args

import pytest

from contract.events.visits import CaseState, Rung, StaffCalled
from contract.lookups import CertificateKind, ConflictKind, Status
from edge.desk.words import WORDS
from edge.domain.visits.questions import Said
from edge.domain.visits.staff import ROLES
from edge.kiosk.words import WORDS as KIOSK_WORDS
from edge.services.desk.checks import SCOPES
from edge.services.desk.messages import REASONS
from edge.services.desk.papers import GROUNDS
from tests.architecture.tree import ROOT

SOURCES = [
    *(ROOT / "edge/desk/templates").glob("*.html"),
    *(ROOT / "edge/desk").glob("*.py"),
    *(ROOT / "edge/services/desk").glob("*.py"),
]
DEEDS = ("identity", "again", "signed", "consent", "step", "withdraw", "override", "issue", "departed", "received")
WAITS = ("online", "conflict", "archives", "identity", "signatures")
NAMED = re.compile(r"""["'](desk\.[a-z_.]+[a-z_])["']""")
NEVER = re.compile("失败|异常|非法|校验|错误|超时|不符")


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_every_key_that_a_page_names_is_in_the_catalogue(source: Path) -> None:
    named = set(NAMED.findall(source.read_text(encoding="utf-8"))) - {"desk.json"}
    assert {key for key in named if key not in WORDS} == set()


def test_every_code_that_a_page_may_show_has_words() -> None:
    abouts = get_args(StaffCalled.model_fields["about"].annotation)
    keys = [
        *(f"desk.state.{state}" for state in get_args(CaseState)),
        *(f"desk.rung.{rung}" for rung in get_args(Rung)),
        *(f"desk.about.{about}" for about in abouts),
        *(f"desk.role.{role}" for role in ROLES),
        *(f"desk.scope.{scope}" for scope in SCOPES),
        *(f"desk.leaflet.{reason}" for reason in REASONS),
        *(f"desk.ground.{ground}" for ground in GROUNDS),
        *(f"desk.waits.{one}{short}" for one in WAITS for short in ("", ".short")),
        *(f"desk.done.{deed}" for deed in DEEDS),
        *(f"desk.conflict.{kind}" for kind in get_args(ConflictKind)),
        *(f"desk.found.{one}" for kind in (CertificateKind, Status) for one in get_args(kind)),
    ]
    assert [key for key in keys if key not in WORDS] == []


def test_words_are_in_both_languages_and_blame_nobody() -> None:
    empty = {"desk.calls.level.0"}
    assert [key for key, said in WORDS.items() if not (said.zh and said.en) and key not in empty] == []
    assert [key for key, said in WORDS.items() if NEVER.search(said.zh)] == []


def test_the_desk_s_words_do_not_hide_the_kiosk_s() -> None:
    assert WORDS.keys() & KIOSK_WORDS.keys() == set()
    assert all(isinstance(said, Said) for said in WORDS.values())
