"""Days as people say them.

Compromise: in English whatever the locale, so that the same records give the same text everywhere.
"""

from datetime import date

_MONTHS = "January February March April May June July August September October November December".split()


def day_said(day: date, *, with_year: bool = True) -> str:
    """Return a day as people say it: "4 October 2021"."""
    return f"{day.day} {_MONTHS[day.month - 1]}" + (f" {day.year}" if with_year else "")
