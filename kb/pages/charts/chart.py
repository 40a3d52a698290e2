"""A chart as a value: its question, how to read it, what it says, what is drawn, and its numbers.

What is drawn is a Vega-Lite specification, the same for the drawing in the page and for the interactive version. Compromise: a
chart with too much to draw leaves some out and says how much; its figures are of all.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kb.text import count

Spec = Mapping[str, Any]

# Widths in pixels: of a screen beside the text, and of a phone.
WIDE, NARROW = 800, 340
# What is drawn and written of one chart at most.
MOST_QUARTERS, MOST_ROWS, MOST_DOTS = 80, 12, 600
# What stands behind a figure, and never alone on the next line.
PERCENT = "\u00a0%"
# A share of an axis as people read it.
PERCENTS = "format(100 * datum.value, 'd') + ' %'"
# The renderer cuts a label that is too wide between the two halves of such a letter, and then fails.
_WIDE_LETTER = re.compile("[\U00010000-\U0010ffff]")
# Characters of a name on an axis; the table has all of it.
_LONGEST = 48


@dataclass(frozen=True, slots=True)
class Key:
    """What a sign of the drawing means. `shape` is bar, line, dashes, band, dot or ring."""

    shape: str
    colour: str
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers: the first cell of a row says what it is of. `uris` lead on from the rows, "" where nothing does."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    uris: tuple[str, ...] = ()
    note: str = ""

    @property
    def lines(self) -> list[tuple[str, tuple[str, ...]]]:
        """The rows, each behind its uri."""
        return list(zip(self.uris or ("",) * len(self.rows), self.rows, strict=True))


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart. `spec` is None where there is nothing to draw, and then `empty` says what would fill it.

    Attributes:
        name: its anchor, of lower-case letters and hyphens.
        question: its title.
        how: how to read it, one line.
        said: sentences, the number of cases and of unknown ones among them.
        keys: what the signs mean.
        is_small: whether it stands beside others, drawn for a phone's width only.
        signs: the classes of severity marks that serve as keys, with their words.
    """

    name: str
    question: str
    how: str
    said: tuple[str, ...]
    spec: Spec | None
    table: Table
    keys: tuple[Key, ...] = ()
    empty: str = ""
    is_small: bool = False
    signs: tuple[tuple[str, str], ...] = ()

    @property
    def widths(self) -> tuple[int, ...]:
        """The widths at which it is drawn."""
        return (NARROW,) if self.is_small else (WIDE, NARROW)


def shown(text: str, longest: int = _LONGEST) -> str:
    """Return a name as an axis can hold it: on one line, without what no letter is, cut where it is very long."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return plain if len(plain) <= longest else f"{plain[: longest - 1].rstrip()}…"


def labels(names: Sequence[str]) -> list[str]:
    """Return names as an axis can hold them, each its own: a second one of the same look gets a number."""
    found: dict[str, None] = {}
    for name in names:
        first = label = shown(_WIDE_LETTER.sub("□", name)) or "unknown"
        number = 2
        while label in found:
            label, number = f"{first} ({number})", number + 1
        found[label] = None
    return list(found)


def percent(share: float) -> str:
    """Return a share as a whole percentage: "31 %"; what is more than nothing is never "0 %"."""
    return f"< 1{PERCENT}" if 0 < share < 0.005 else f"{round(100 * share)}{PERCENT}"


def between(low: float, high: float) -> str:
    """Return an interval of shares: "12 to 31 %"."""
    return f"{round(100 * low)} to {round(100 * high)}{PERCENT}"


def left_out(total: int, most: int, one: str = "more is", many: str = "more are") -> str:
    """Return how many rows a table leaves out, "" for none."""
    if total <= most:
        return ""
    return f"{count(total - most, one, many)} left out here; `kb trends --json` has all."
