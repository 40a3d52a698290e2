"""Numbers as text, for scripts that carry many of them.

A number below `ONE` is the character with the code `FIRST` + number, or one more from the backslash on, which a script
would have to escape. Of a larger one, the character for `ONE` + number // `ONE` comes first, and then that for the rest.
So few numbers take more than two bytes of UTF-8, and none is a quotation mark or ends a line; numbersOf of
browser/index.js reads them. Compromise: numbers of a hundred million and more would meet code points that are no characters.
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


def encoded(values: Numbers) -> str:
    """Return numbers as text."""
    return "".join(encoded_rows(Listed(values, np.array([len(values)]))))


def encoded_rows(listed: Listed) -> list[str]:
    """Return rows of numbers as texts."""
    codes, ends = _characters(listed)
    text = codes.astype("<u4").tobytes().decode("utf-32-le")
    return [text[first:last] for first, last in zip([0, *ends], ends, strict=False)]


def _characters(listed: Listed) -> tuple[Numbers, list[int]]:
    """Return code points and where the rows end in them."""
    values = listed.values
    is_large = values >= ONE
    width = 1 + is_large
    last = np.cumsum(width)
    codes = np.zeros(int(last[-1]) if len(last) else 0, np.int32)
    codes[last - 1] = values
    large, at = values[is_large], last[is_large] - 1
    codes[at] = large % ONE
    codes[at - 1] = ONE + large // ONE
    codes += FIRST
    codes += codes >= _BACKSLASH
    ends = np.concatenate([[0], last])[listed.ends]
    return codes, ends.tolist()
