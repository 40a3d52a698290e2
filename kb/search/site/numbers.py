"""Numbers as text, for scripts that carry many of them.

A number below `ONE` is the character with the code `FIRST` + number, or one more from the backslash on, which a script
would have to escape. Of a larger one, the character for `ONE` + number // `ONE` comes first, and then that for the rest.
So few numbers take more than two bytes of UTF-8, and none is a quotation mark or ends a line; numbersOf of
browser/index.js reads them. A list of records is written as the gaps between them. Compromise: numbers of a hundred
million and more would meet code points that are no characters.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Where the characters begin, and how many numbers are one character.
FIRST, ONE = 40, 2000
_BACKSLASH = ord("\\")

Numbers = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class Listed:
    """Values in rows of different length, one row after another; row n ends at `ends[n]`."""

    values: Numbers
    ends: Numbers


def begins(*columns: Numbers) -> NDArray[np.bool_]:
    """Tell of each place whether it differs from the one before it."""
    found = np.zeros(len(columns[0]), bool)
    found[:1] = True
    for column in columns:
        found[1:] |= column[1:] != column[:-1]
    return found


def gaps(records: Numbers, groups: Numbers) -> Numbers:
    """Return how many records lie between each and the one before it of the same group, or the first record."""
    found = np.diff(records, prepend=np.int32(-1)) - 1
    first = begins(groups)
    found[first] = records[first]
    return found


def encoded(values: Numbers) -> str:
    """Return numbers as text."""
    return "".join(encoded_rows(Listed(values, np.array([len(values)]))))


def encoded_rows(listed: Listed) -> list[str]:
    """Return rows of numbers as texts."""
    codes, ends = _characters(listed)
    text = codes.astype("<u2", copy=False).tobytes().decode("utf-16-le", errors="surrogatepass")
    return [text[first:last] for first, last in zip([0, *ends], ends, strict=False)]


def _characters(listed: Listed) -> tuple[Numbers, list[int]]:
    """Return code points and where the rows end in them."""
    large = np.flatnonzero(listed.values >= ONE)
    above, rest = np.divmod(listed.values[large], ONE)
    digits = listed.values.astype(np.uint16)
    digits[large] = rest
    digits = np.insert(digits, large, ONE + above)
    digits += FIRST
    digits += digits >= _BACKSLASH
    return digits, (listed.ends + np.searchsorted(large, listed.ends)).tolist()
