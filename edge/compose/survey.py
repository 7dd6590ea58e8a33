"""Puts a collector's tool together."""

import secrets
import time
from pathlib import Path

from contract.identifiers.uuid7 import uuid7
from edge.adapters.survey_book import SurveyBook
from edge.adapters.survey_city import SurveyCity
from edge.domain.survey import CityRefused
from edge.services.surveying import Surveying


def surveying(book: Path) -> Surveying:
    return Surveying(SurveyBook(book, _new_id()), _now_ms, _new_id)


def city(url: str, token: Path) -> SurveyCity:
    """Raises OSError, CityRefused."""
    secret = token.read_text(encoding="utf-8").strip()
    if not secret or not secret.isascii() or not secret.isprintable():
        raise CityRefused(f"{token}: holds no token; `onetrip city-staff token` prints one")
    return SurveyCity(url, secret)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _new_id() -> str:
    return str(uuid7(_now_ms(), secrets.token_bytes(10)))
