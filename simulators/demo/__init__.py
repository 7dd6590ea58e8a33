"""The demo: four simulated facilities, a broker, the cloud and the wall, started as a city would start them.

The processes are children, as under an init system; this package meets them only on the wire and in their files.
"""

from simulators.demo.run import run

__all__ = ["run"]
