"""Where events travel: `onetrip/v1/events/<facility>/<type>`, QoS 1, not retained."""

PREFIX = "onetrip/v1/events"
FILTER = f"{PREFIX}/+/+"


def event_topic(facility: str, event_type: str) -> str:
    return f"{PREFIX}/{facility}/{event_type}"


def facility_of(topic: str) -> str | None:
    """The facility in an event topic; None when it is no event topic."""
    parts = topic.split("/")
    return parts[3] if len(parts) == 5 and topic.startswith(PREFIX + "/") else None
