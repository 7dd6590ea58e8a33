"""The desk's catalogue (文案): what staff read, Chinese first, English beside. A key stands once."""

from edge.desk.words import alarms, cases, faces, family, frame, intake, rest
from edge.web.catalogue import merged

_MODULES = (frame, cases, alarms, intake, rest, faces, family)

WORDS = merged(_MODULES)
