"""Visitors at a kiosk (办事): sessions, answers, and what a page needs to know."""

from edge.services.visits.session import Idle, Look, NoSession, NotFound, Result, Session, View
from edge.services.visits.visits import Visits

__all__ = ["Idle", "Look", "NoSession", "NotFound", "Result", "Session", "View", "Visits"]
