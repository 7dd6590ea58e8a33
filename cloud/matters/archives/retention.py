"""How long an archive is kept: 100 years (婚姻登记档案管理办法). Pure."""

from datetime import date

YEARS = 100


def kept_until(scanned: date) -> date:
    """29 February is kept until 1 March where its year has none."""
    try:
        return scanned.replace(year=scanned.year + YEARS)
    except ValueError:
        return date(scanned.year + YEARS, 3, 1)
