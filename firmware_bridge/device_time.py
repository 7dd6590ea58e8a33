"""What a device's own clock says, as UTC milliseconds. A clock that names no zone runs on China's time."""

from datetime import datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")  # no daylight saving since 1991
_EARLIEST_MS, _LATEST_MS = 946_684_800_000, 4_102_444_800_000  # 2000 to 2100: else the clock was never set


def from_text(text: str) -> int | None:
    """ISO 8601, or `YYYY-MM-DD HH:MM:SS`; None when it is neither."""
    try:
        moment = datetime.fromisoformat(text.strip())
        milliseconds = round((moment if moment.tzinfo else moment.replace(tzinfo=CHINA)).timestamp() * 1000)
    except (ValueError, OverflowError, OSError):
        return None
    return in_range(milliseconds)


def in_range(milliseconds: int) -> int | None:
    return milliseconds if _EARLIEST_MS <= milliseconds < _LATEST_MS else None
