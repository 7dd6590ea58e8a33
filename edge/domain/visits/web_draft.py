"""What somebody filled in on the web, read as if it had been touched here (网上填报、现场接着办). Pure.

Each field goes through the question that asks for it, when that is reached; one that is not there, does not fit, or
asks for something of a person is asked here.
"""

from collections.abc import Mapping, Sequence

from edge.domain.visits.conversation import LONGEST, Matter, Visit, walk
from edge.domain.visits.questions import Answer, Choice, NotAnAnswer, Pad

Forms = Mapping[str, Mapping[str, Sequence[str]]]


def with_web(matter: Matter, visit: Visit, answers: Mapping[str, Answer], forms: Forms) -> dict[str, Answer]:
    """The answers, and those of the web up to the first question that it left open."""
    answers = dict(answers)
    for _ in range(LONGEST):
        at = walk(matter, visit, answers).at
        if not isinstance(at, Choice | Pad) or at.personal or at.name not in forms:
            break
        try:
            answers[at.name] = at.kept(at.read(forms[at.name]))
        except NotAnAnswer:
            break
    return answers
