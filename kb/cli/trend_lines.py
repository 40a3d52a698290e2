"""How a terminal says the trends: a plain sentence first, then what helps most: work, recurrence, causes, numbers, durations.

Compromise: a terminal gets the figures and not every quarter of them; those are in `--json` and on the trend pages.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from textwrap import wrap

import click

from kb.cli import trend_rows
from kb.cli import trend_words as words
from kb.cli.trend_rows import Row
from kb.text import count
from kb.trends.trends import Trends

# Columns of a line, and of the name at its beginning.
_WIDTH, _NAME = 98, 24

# Where no line is broken: between a number and its unit, and in "n = 12".
_JOINTS = re.compile(r"(?<=\bn) (?==)|(?<==) (?=\d)|(?<=\d) (?=(?:s|min|h|d|days|%)(?!\w))")
_JOINT = "\0"


def lines(trends: Trends) -> Iterator[str]:
    """Yield the lines of the whole report."""
    yield from _wrapped(_first(trends))
    yield from _rows(_reach(trends))
    sections: Sequence[tuple[str, Callable[[Trends], Iterable[Row]]]] = (
        ("Work done", trend_rows.work),
        ("What came back", trend_rows.recurrence),
        ("Causes", trend_rows.causes),
        ("How many", trend_rows.counts),
        ("How long", trend_rows.durations),
        ("Who", trend_rows.people),
    )
    for title, section in sections:
        found = list(_rows(section(trends)))
        if found:
            yield from ("", click.style(title, bold=True), *found)


def _rows(rows: Iterable[Row]) -> Iterator[str]:
    """Yield each row as its name and its text, which goes on below itself."""
    below = " " * (4 + _NAME)
    for name, text in rows:
        if 0 < len(name) < _NAME:
            yield from _wrapped(text, f"    {name:<{_NAME}}", below)
        else:
            # A name without a column of its own is broken like any text.
            yield from _wrapped(f"{name}  {text}" if name else text, "    ", below)


def _wrapped(text: str, before: str = "", below: str = "") -> Iterator[str]:
    joined = _JOINTS.sub(_JOINT, text)
    broken = wrap(joined, _WIDTH, initial_indent=before, subsequent_indent=below, break_on_hyphens=False)
    return (line.replace(_JOINT, " ") for line in broken)


def _first(trends: Trends) -> str:
    """Return the sentence that says how many there were, and what so few can show."""
    if trends.incidents:
        return f"{_latest(trends)}; {words.power_said(trends.power)}."
    return f"No incident{words.selected(trends.selection)}, so nothing can be said of any."


def _latest(trends: Trends) -> str:
    counts = trends.counts
    over = [one for one in counts.quarters if one.is_over]
    if over:
        mean = words.mean_said(counts.mean or 0)
        return f"{count(over[-1].incidents, 'incident')} in {over[-1].quarter}, {mean} a quarter on average"
    if counts.quarters:
        last = counts.quarters[-1]
        return f"{count(last.incidents, 'incident')} so far in {last.quarter}, which has not ended"
    return f"{count(len(trends.incidents), 'incident')} of which nobody knows the day"


def _reach(trends: Trends) -> Iterator[Row]:
    dated = [one.started.day for one in trends.incidents if one.started]
    if dated:
        first, last = min(dated), max(dated)
        reach = f"the first on {first}, the last on {last}" if first < last else f"on {first}"
        undated = f", {trends.counts.undated:,} without a known day" if trends.counts.undated else ""
        yield "", f"{count(len(trends.incidents), 'incident')}{words.selected(trends.selection)}: {reach}{undated}"
