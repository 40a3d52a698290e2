"""Today's date is an input: given, else SOURCE_DATE_EPOCH, else the clock. One home for that order."""

import os
from datetime import UTC, date, datetime

from kb.errors import KbError


def today_of(given: date | None = None) -> date:
    """Return the day on which ages are judged, in UTC.

    Raises:
        KbError: SOURCE_DATE_EPOCH is set and is no number of seconds.
    """
    if given is not None:
        return given
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        return datetime.now(UTC).date()
    try:
        return datetime.fromtimestamp(int(epoch), UTC).date()
    except (ValueError, OverflowError, OSError) as error:
        raise KbError(
            f"SOURCE_DATE_EPOCH is `{epoch}`, which is no number of seconds", hint="`date +%s` prints one."
        ) from error
