"""Puts the processes of a facility together: the only place of the edge that knows every concrete class."""

from edge.compose.check import check_devices
from edge.compose.field import run_field
from edge.compose.uplink import run_uplink

__all__ = ["check_devices", "run_field", "run_uplink"]
