"""`onetrip tui`: the technician's powers in a terminal, over ssh too (80x24). Needs the extra `technician` (Textual)."""

from onetrip.technician.tui.app import TechnicianApp

__all__ = ["TechnicianApp"]
