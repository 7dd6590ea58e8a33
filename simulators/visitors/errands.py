"""What people come for (事由), by kind of office: how often, and what they say where the machine asks.

A wish is an option's key by the question's name, or (weight, key) pairs to draw from. What no wish is about is chosen
by chance among what is offered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Drawn = Sequence[tuple[float, str]]
Wishes = Mapping[str, str | Drawn]


@dataclass(frozen=True, slots=True)
class Errand:
    """`matter`: as the kiosk offers it. `weight`: how many come for it. `people`: cards that are brought.

    `handled_s`: what it takes at a window. `second`: what is said when they come again with what was missing.
    `booked`: share of those who booked before, under the matter `booking`. `sexes`: of the people, where it matters.
    """

    name: str
    matter: str
    weight: float
    wishes: Wishes = field(default_factory=dict)
    second: Wishes = field(default_factory=dict)
    people: int = 1
    sexes: str = ""
    born: tuple[int, int] = (1945, 2001)
    handled_s: float = 420
    booked: float = 0.0
    booking: str = ""


_MARRIAGE: Wishes = {
    "both": ((0.97, "yes"), (0.03, "one")),
    "papers.marriage": ((0.94, "all"), (0.06, "lacking")),
    "papers.divorce.first": ((0.92, "all"), (0.08, "lacking")),
    "papers.divorce.claim": "all",
    "instead": ((0.6, "ticket"), (0.2, "sent"), (0.2, "later")),
}
_COMPLETE: Wishes = {"both": "yes", "papers.marriage": "all", "papers.divorce.first": "all"}
_FUNERAL: Wishes = {
    "role": ((0.8, "family"), (0.12, "trustee"), (0.06, "unit"), (0.02, "together")),
    "letter": ((0.9, "here"), (0.1, "later")),
    "deceased": ((0.98, "yes"), (0.02, "no")),
    "decide": ((0.95, "book"), (0.05, "take")),
    "tell": ((0.8, "message"), (0.2, "paper")),
    "acceptance": ((0.9, "here"), (0.1, "later")),
    "already": "add",
}
_FUNERAL_AGAIN: Wishes = {"role": "family", "deceased": "yes", "acceptance": "here", "decide": "book"}
_ASSISTANCE = Errand(
    "social assistance", "social_assistance", 4,
    {
        "urgent": ((0.1, "now"), (0.9, "later")), "whom": ((0.8, "own"), (0.2, "other")),
        "more.2": ((0.5, "none"), (0.3, "card"), (0.2, "no_card")), "more.3": ((0.7, "none"), (0.3, "no_card")),
        "more.4": "none", "more.5": "none", "authority": ((0.93, "yes"), (0.07, "no")), "others": "here",
    },
    people=3, born=(1938, 1990), handled_s=600,
)  # fmt: skip
_CITY = (
    _ASSISTANCE,
    Errand("social organisations", "social_organisations", 5),
    Errand("place names", "place_names", 2, {"taken.1": "another", "taken.2": "another", "plan": "here"}),
)

ERRANDS: Mapping[str, Sequence[Errand]] = {
    "marriage_office": (
        Errand("marriage", "marriage", 46, {"kind": "marriage", **_MARRIAGE}, {"kind": "marriage", **_COMPLETE},
               people=2, sexes="12", born=(1975, 2002), handled_s=540, booked=0.25, booking="marriage"),
        Errand("divorce, application", "marriage", 10, {"kind": "divorce", "stage": "first", **_MARRIAGE},
               {"kind": "divorce", "stage": "first", **_COMPLETE}, people=2, sexes="12", born=(1960, 1998),
               handled_s=720, booked=0.15, booking="divorce"),
        Errand("divorce, certificate", "marriage", 6,
               {"kind": "divorce", "stage": "claim", "come": ((0.5, "ticket"), (0.5, "later")), **_MARRIAGE},
               {"kind": "divorce", "stage": "claim", "come": "ticket", **_COMPLETE},
               people=2, sexes="12", born=(1960, 1998), handled_s=600),
        Errand("certificate again", "certificates", 20,
               {"what": ((0.75, "marriage"), (0.2, "divorce"), (0.05, "other")), "both": ((0.9, "yes"), (0.1, "one")),
                "not_found": ((0.5, "archive"), (0.5, "window"))}, handled_s=420),
        Errand("other matter", "marriage", 4, {"kind": "other"}, handled_s=240),
        Errand("what to bring", "what_to_bring", 7),
        *_CITY,
    ),
    "care_home": (
        Errand("visit", "care_visit", 60, {"how": ((0.3, "code"), (0.6, "card"), (0.1, "none")),
               "whom": "yes", "health": ((0.96, "well"), (0.04, "some"))}, booked=0.3, booking="care_visit"),
        Errand("bringing something", "care_bringing", 10),
        Errand("booking a visit", "care_visit_booking", 12),
        Errand("moving in", "care_home", 12, {"how": ((0.85, "find"), (0.15, "talk")), "wishes": "none_of_them",
               "area": ((0.6, "any"), (0.4, "330802")), "price": "any", "level": ((0.6, "any"), (0.4, "assisted")),
               "what": ((0.4, "tour"), (0.4, "bed"), (0.2, "look"))}, handled_s=900),
        Errand("review", "care_review", 2),
        _ASSISTANCE,
    ),
    "funeral_home": (
        Errand("cremation", "cremation", 50, _FUNERAL, _FUNERAL_AGAIN, born=(1940, 1995), handled_s=900),
        Errand("price list", "price_list", 25, {"then.1": ((0.3, "more"), (0.3, "print"), (0.4, "done")),
               "then.2": ((0.5, "print"), (0.5, "done")), "then.3": "done"}),
        Errand("outbound transfer", "outbound_transfer", 20, {**_FUNERAL, "province": ((0.9, "浙"), (0.1, "later"))},
               {**_FUNERAL_AGAIN, "province": "浙"}, people=2, born=(1940, 1995), handled_s=720),
        _ASSISTANCE,
    ),
    "relief_station": (
        Errand("help", "relief", 80, {"need": ((0.4, "food"), (0.3, "bed"), (0.1, "medical"), (0.2, "home")),
               "state": ((0.05, "hurt"), (0.05, "harmed"), (0.05, "child"), (0.85, "fine")),
               "paper": ((0.4, "have"), (0.35, "none"), (0.15, "rather_not"), (0.1, "wait"))}, born=(1940, 2002)),
        Errand("intake", "relief_intake", 20, {"health": ((0.85, "well"), (0.15, "hurt")), "doctor": "seen",
               "agree": ((0.5, "sign"), (0.4, "spoken"), (0.1, "later"))}, born=(1940, 2002)),
    ),
}  # fmt: skip

HOURS: Mapping[str, tuple[int, int]] = {
    "marriage_office": (8, 17),
    "care_home": (8, 17),
    "funeral_home": (6, 18),
    "relief_station": (0, 24),
}
"""Doors open and closed. Who is inside at closing is served."""
