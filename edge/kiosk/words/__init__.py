"""The kiosk's catalogue (文案): every text that a visitor sees or hears, Chinese first, English beside.

One module for what all matters share, one for each matter. A key stands once.
"""

from edge.kiosk.words import (
    care_home,
    care_visit,
    certificates,
    cremation,
    marriage,
    outbound_transfer,
    place_names,
    relief,
    relief_intake,
    shared,
    social_assistance,
    social_organisations,
)
from edge.web.catalogue import merged

_MODULES = (
    shared,
    marriage,
    certificates,
    care_visit,
    care_home,
    cremation,
    outbound_transfer,
    relief,
    relief_intake,
    place_names,
    social_organisations,
    social_assistance,
)

WORDS = merged(_MODULES)
