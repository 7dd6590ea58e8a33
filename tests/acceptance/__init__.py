"""The plan's 54 commitments, each by the acceptance test of its row in the domain brief: real HTTP, real PostgreSQL."""
