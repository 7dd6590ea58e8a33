"""The halls (办事大厅): the queues of each kind of facility, with the letter of their numbers and their names."""

from collections.abc import Mapping
from dataclasses import dataclass

from edge.domain.visits.questions import Said

OTHER = "other"  # every hall has it: nobody is sent away for want of a queue


@dataclass(frozen=True, slots=True)
class Line:
    """A queue of a hall. `letter`: the first sign of its numbers."""

    letter: str
    name: Said


HALLS: Mapping[str, Mapping[str, Line]] = {
    "marriage_office": {
        "marriage": Line("A", Said("结婚登记", "Marriage")),
        "divorce": Line("B", Said("离婚登记", "Divorce")),
        "certificates": Line("C", Said("补领证件", "Certificates")),
        OTHER: Line("D", Said("其他事项", "Other matters")),
    },
    "care_home": {
        "visit": Line("A", Said("探访", "Visits")),
        "stay": Line("B", Said("入住咨询", "Moving in")),
        OTHER: Line("D", Said("其他事项", "Other matters")),
    },
    "funeral_home": {
        "cremation": Line("A", Said("火化业务", "Cremation")),
        "transfer": Line("B", Said("遗体外运", "Transfer")),
        OTHER: Line("D", Said("其他事项", "Other matters")),
    },
    "relief_station": {
        OTHER: Line("D", Said("窗口", "Desk")),
    },
}


def letters_of(kind: str) -> dict[str, str]:
    return {queue: line.letter for queue, line in HALLS[kind].items()}
