"""The papers (材料) that special relief wants. Whom an application goes to, contract.special_relief says."""

from collections.abc import Collection, Mapping

from contract.special_relief import RECOGNISED

_PAPER_OF_NEED: Mapping[str, str] = {
    "illness": "medical_bills",
    "disability": "disability_card",
    "school": "school_proof",
    "housing": "house_papers",
    "sudden": "event_proof",
}
PAPERS = ("proxy", "bankbook", "income_proof", *_PAPER_OF_NEED.values())


def papers_of(needs: Collection[str], status: str, *, has_agent: bool) -> tuple[str, ...]:
    """All papers that are wanted, so that what is missing can be told once and whole."""
    wanted = {_PAPER_OF_NEED[need] for need in needs if need in _PAPER_OF_NEED}
    if status not in RECOGNISED:
        wanted |= {"bankbook", "income_proof"}
    if has_agent:
        wanted.add("proxy")
    return tuple(paper for paper in PAPERS if paper in wanted)
