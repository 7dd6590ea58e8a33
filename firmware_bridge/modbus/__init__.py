"""Modbus: the frames of RTU and TCP, device profiles, and the master of a line that only reads.

Nothing here can write to a device but `writing.py`, which only drivers with actions import.
"""
