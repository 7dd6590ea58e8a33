"""A seeded model of the people who come to an office in a week, of the network's outages and of power cuts.

It knows nothing of the edge agent: who somebody is, what they want, what they will not do, when they come and how long
they wait. `tests/week` lets them meet the real services.
"""

from simulators.visitors.crowd import Crowd, Visitor
from simulators.visitors.errands import ERRANDS, HOURS, Errand
from simulators.visitors.outages import Outage, Outages
from simulators.visitors.timeline import Process, Timeline

__all__ = ["ERRANDS", "HOURS", "Crowd", "Errand", "Outage", "Outages", "Process", "Timeline", "Visitor"]
