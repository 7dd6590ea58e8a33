"""The services of the plan, one package each: its records, its routes."""
