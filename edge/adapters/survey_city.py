"""The city's side of a survey over HTTPS: a batch of points goes, answers come."""

import json
import urllib.request
from collections.abc import Sequence
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import urlsplit

from pydantic import ValidationError

from contract.doorplates import Point, Synced
from edge.domain.survey import CityRefused, NoNetwork

_LOCAL = ("127.0.0.1", "localhost", "::1")
_LONGEST = 4 << 20


class SurveyCity:
    def __init__(self, url: str, token: str, timeout_s: float = 30) -> None:
        """Raises CityRefused for an address over which the token could be read by others."""
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOCAL):
            raise CityRefused(f"{url}: write an address that begins with https://")
        self._url, self._token, self._timeout_s = url.rstrip("/") + "/api/doorplates/sync", token, timeout_s

    def send(self, points: Sequence[Point]) -> Synced:
        """Raises NoNetwork: send them again later, it harms nothing; CityRefused."""
        body = json.dumps({"points": [point.model_dump(mode="json") for point in points]}).encode()
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        request = urllib.request.Request(self._url, body, headers)  # noqa: S310 - the scheme was looked at
        try:
            with urllib.request.urlopen(request, timeout=self._timeout_s) as answer:  # noqa: S310
                return Synced.model_validate_json(answer.read(_LONGEST))
        except HTTPError as wrong:
            with wrong:
                if wrong.code >= 500 or wrong.code == 429:
                    raise NoNetwork(f"the city answers {wrong.code}") from None
                told = wrong.read(2000).decode("utf-8", "replace")
            raise CityRefused(f"the city answers {wrong.code}: {told}") from None
        except (OSError, HTTPException) as lost:
            raise NoNetwork(str(getattr(lost, "reason", None) or lost or type(lost).__name__)) from lost
        except ValidationError:
            raise CityRefused(f"{self._url}: what answers there is not the city") from None
