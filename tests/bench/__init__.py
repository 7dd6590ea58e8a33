"""How long a visitor waits at the kiosk, measured: beside the limits, and beside what this machine can do at all."""
