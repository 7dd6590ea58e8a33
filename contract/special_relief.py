"""Who else helps (专项救助): from one application form to the nine owners of special relief, each with its own fields.

Source: domain brief C43 (多表合一): 医疗, 就业, 教育, 住房, 残联, 供水, 供电, 供气, 有线电视. One submission makes
exactly the tasks that the household may ask for, and each owner sees only what it needs. Who is not entitled is for the
owner to say, never for a machine: what was asked for goes out. A kiosk tells the household by the same rule as the city
makes the tasks.
"""

from collections.abc import Collection, Mapping

NEEDS = ("food", "illness", "work", "disability", "school", "housing", "sudden")
"""What is hardest at home. Food and what came suddenly are for civil affairs itself."""
RECOGNISED = frozenset({"low_income", "extreme_poverty"})
"""低保, 特困: a household with one of these is not asked for its means again."""
_UTILITIES = ("water", "power", "gas", "cable_tv")
_OWNER_OF_NEED: Mapping[str, str] = {
    "illness": "medical",
    "work": "employment",
    "school": "education",
    "housing": "housing",
    "disability": "disabled_federation",
}
OWNERS = (*_OWNER_OF_NEED.values(), *_UTILITIES)
UNITS: Mapping[str, str] = dict(
    zip(OWNERS, ("卫生健康", "人力社保", "教育", "住建", "残联", "供水", "供电", "供气", "广电传媒"), strict=True)
)
"""Each owner's department, as the plan names it."""
FIELDS: Mapping[str, tuple[str, ...]] = {
    "medical": ("applicant", "phone", "status"),
    "employment": ("applicant", "phone", "members", "incomes"),
    "education": ("applicant", "phone", "status", "members"),
    "housing": ("applicant", "phone", "status", "members", "house"),
    "disabled_federation": ("applicant", "phone", "members"),
    **dict.fromkeys(_UTILITIES, ("applicant", "address", "status")),
}
"""Of the sealed form, what each owner may see."""


def owners_of(needs: Collection[str], status: str) -> tuple[str, ...]:
    """In the order of OWNERS. Water, power, gas and television are reduced for a recognised household only."""
    theirs = {_OWNER_OF_NEED[need] for need in needs if need in _OWNER_OF_NEED}
    if status in RECOGNISED:
        theirs |= set(_UTILITIES)
    return tuple(owner for owner in OWNERS if owner in theirs)
