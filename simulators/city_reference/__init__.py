"""A synthetic city's reference data: what its kiosks answer from. Only the names of counties and townships are real;
the same seed and moment give the same city.
"""

from simulators.city_reference.bookings import Booked
from simulators.city_reference.city import CityReference, Dataset
from simulators.city_reference.reference_files import write_reference_files

__all__ = ["Booked", "CityReference", "Dataset", "write_reference_files"]
