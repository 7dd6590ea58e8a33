"""Goes on with what was begun on the web: asks the city for the draft of a code, and keeps it as one of the box's own.

Off line nothing can be asked; then the code is told at the window, or somebody comes a little later.
"""

import logging
import re
from typing import Protocol

from contract.web_drafts import CODE, WebDraft
from edge.ports import CloudUnreachable, GoesOnElsewhere, StoreUnavailable
from edge.services.visits import NotFound, Visits

_CODE = re.compile(CODE)
log = logging.getLogger(__name__)


class City(Protocol):
    def web_draft(self, code: str) -> WebDraft | None:
        """Raises GoesOnElsewhere, CloudUnreachable."""


class WebDrafts:
    def __init__(self, visits: Visits, city: City | None) -> None:
        self._visits, self._city = visits, city

    def bring(self, code: str) -> None:
        """So that the visits know this code, where it is one of the web. Raises NotFound, StoreUnavailable."""
        if _CODE.fullmatch(code) is None or self._visits.knows(code):
            return
        if self._city is None:
            raise NotFound("resume.unknown")
        self._visits.may_try()
        try:
            draft = self._city.web_draft(code)
        except GoesOnElsewhere:
            raise NotFound("resume.elsewhere") from None
        except CloudUnreachable as error:
            log.info("kiosk: a draft of the web must wait: %s", error)
            raise NotFound("resume.offline") from None
        if draft is not None:
            self._visits.adopt(draft)

    def scanned(self, code: str) -> None:
        """A code was shown to the scanner on the home page."""
        try:
            self.bring(code)
            self._visits.offer(code)
        except (NotFound, StoreUnavailable) as why:
            log.info("kiosk: a scanned code leads nowhere: %s", why)
        except Exception:
            log.exception("kiosk: a scanned code broke")
