"""A simulated week: the real services of four offices, a thousand visitors a day, outages and power cuts."""
