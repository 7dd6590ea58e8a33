"""`onetrip tui`: the technician's powers in a terminal of 80x24, over ssh too. Needs the extra `technician`."""

from onetrip.technician.tui.app import TechnicianApp

__all__ = ["TechnicianApp"]
