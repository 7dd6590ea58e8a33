"""The agent on the box in a facility: a field process (devices, alarms) and an uplink process, joined by the outbox."""
