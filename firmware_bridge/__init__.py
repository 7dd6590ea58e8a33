"""Bytes <-> values of real devices. Imports nothing else of ours; links.py is the only file with I/O."""
