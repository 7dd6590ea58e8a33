"""Devices and people that exist only in software: pure models stepped by time, and the wires they speak on."""
