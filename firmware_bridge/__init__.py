"""Bytes <-> values of real devices. Imports nothing else of ours; links/ has the only I/O."""
