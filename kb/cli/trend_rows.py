"""The rows of the trends in a terminal, a section each: what a figure is called, and what is said of it.

Compromise: a section that has nothing to tell has no rows, so that a small knowledge base gets a short answer.
"""

from collections.abc import Iterator
from itertools import chain

from kb.cli import trend_words as words
from kb.text import age, count, said
from kb.trends.durations import TOO_FEW, quantile
from kb.trends.model import Age, Count, Durations, Shares
from kb.trends.trends import Trends

# Words and names that are shown of a list, names of actions, and quarters.
_SHOWN, _ACTIONS, _QUARTERS = 6, 3, 5
# Days after which it is told what is still open, and seconds of a day.
_LATER, _DAY = 90, 86_400

# What stands in the first column, and what beside it.
Row = tuple[str, str]


def work(trends: Trends) -> Iterator[Row]:
    """Yield what became of actions, drills and reports."""
    if trends.promises:
        yield from _actions(trends)
    if trends.incidents or trends.learnings:
        yield "drills", _drills(trends)
    if trends.incidents:
        yield "reports published", _reports(trends)


def _actions(trends: Trends) -> Iterator[Row]:
    work = trends.work
    states = ", ".join(f"{number:,} {said(state)}" for state, number in work.states)
    yield "actions", f"{len(trends.promises):,}: {states}"
    yield from _last_quarter(trends)
    yield "until closed", _until_closed(trends)
    if work.by_owner:
        yield "open, by owner", words.some([_aged(one) for one in work.by_owner], _SHOWN)
    being_done = sum(1 for one in trends.promises if one.is_open)
    if work.overdue:
        overdue = f"{len(work.overdue):,} of {being_done:,} open: {words.some(work.overdue, _ACTIONS)}"
        yield "overdue", overdue
    if work.unverified:
        yield "done, not verified", f"{len(work.unverified):,} of {dict(work.states)['done']:,} done"


def _last_quarter(trends: Trends) -> Iterator[Row]:
    flow = {one.quarter: one for one in trends.work.flow}
    over = [one.quarter for one in trends.counts.quarters if one.is_over]
    found = flow.get(over[-1]) if over else None
    if found:
        yield f"in {found.quarter}", f"{found.opened:,} opened, {found.done:,} done, {found.declined:,} declined"


def _until_closed(trends: Trends) -> str:
    work = trends.work
    known = f"n = {work.measured:,}; {len(trends.promises) - work.measured:,} unknown"
    if work.measured < TOO_FEW:
        return f"too few to say ({known})"
    later = words.open_said(work.steps, _LATER)
    return f"{words.median_said(work.steps, work.median)}{f', {later}' if later else ''}; {known}"


def _aged(one: Age) -> str:
    number = len(one.days) + one.unknown
    oldest = f" (oldest {age(one.days[0])})" if one.days else ""
    return f"{one.name or 'nobody named'}: {number:,}{oldest}"


def _drills(trends: Trends) -> str:
    undated = trends.undated
    drills = sum(one.drills for one in trends.practice) + undated.drills
    looked_ahead = sum(one.pre_mortems for one in trends.practice) + undated.pre_mortems
    if not drills + looked_ahead:
        return "no game day, chaos experiment or pre-mortem"
    without = f"; nobody knows the day of {undated.drills + undated.pre_mortems:,}"
    found = f"{count(drills, 'game day or chaos experiment', 'game days and chaos experiments')}"
    return f"{found}, {count(looked_ahead, 'pre-mortem')}{without if undated.drills + undated.pre_mortems else ''}"


def _reports(trends: Trends) -> str:
    found = trends.reports
    published = words.part_said(found.published, found.incidents)
    if len(found.days) < TOO_FEW:
        return f"{published}; how long it took: too few to say (n = {len(found.days)})"
    took = quantile([days * _DAY for days in found.days], 0.5)
    low, high = took.low / _DAY, took.high / _DAY
    return f"{published}; half within {took.value / _DAY:.0f} days ({low:.0f} to {high:.0f}; n = {len(found.days):,})"


def recurrence(trends: Trends) -> Iterator[Row]:
    """Yield what came back, what was foreseen, and how playbooks did."""
    if not trends.incidents:
        return
    back, broken = {one.later for one in trends.repeats}, sum(len(one.broken) for one in trends.repeats)
    promises = f"; {count(broken, 'promise')} had not been kept by then" if back else ""
    yield "declared repeats", f"{words.part_said(len(back), len(trends.incidents))}{promises}"
    if any(one.risks for one in trends.catalogue.learnings):
        yield "foreseen", f"{words.part_said(*trends.foreseen)}, by a pre-mortem"
    verdicts = {
        "helped": sum(one.playbooks_helped for one in trends.practice),
        "missing": sum(one.playbooks_missing for one in trends.practice),
        "outdated": sum(one.playbooks_outdated for one in trends.practice),
    }
    without = f"; {trends.undated.playbooks:,} in incidents without a known day" if trends.undated.playbooks else ""
    yield "playbooks", f"{', '.join(f'{number:,} {name}' for name, number in verdicts.items())}{without}"


_NAMED = {
    "trigger": "triggers",
    "cause": "causes",
    "detection": "noticed by",
    "safeguard_missing": "safeguards missing",
}


def causes(trends: Trends) -> Iterator[Row]:
    """Yield what set incidents off, and what did not hold."""
    if trends.incidents:
        yield from chain.from_iterable(_shares(trends.shares[name], title) for name, title in _NAMED.items())
        yield "change before it", _changes(trends)


def _shares(shares: Shares, title: str) -> Iterator[Row]:
    if not shares.known:
        yield title, f"unknown of {'it' if shares.unknown == 1 else f'all {shares.unknown:,}'}"
        return
    beside = f"; elsewhere: {shares.source}" if any(one.published is not None for one in shares.shares) else ""
    yield title, f"n = {shares.known:,}, {shares.unknown:,} unknown{beside}"
    for one in shares.shares[:_SHOWN]:
        yield f"  {said(one.word)}", words.share_said(one)
    if len(shares.shares) > _SHOWN:
        yield f"  {len(shares.shares) - _SHOWN:,} more", "in --json"


def _changes(trends: Trends) -> str:
    found = trends.changes
    if not found.known:
        return "unknown: no incident names the time of a change"
    kinds = words.counted((said(one.word), one.incidents) for one in found.kinds.shares)
    had = f"{words.part_said(found.with_change, found.known)}, had one in the hour before"
    return f"{had}{f': {words.some(kinds, _SHOWN)}' if kinds else ''}"


def counts(trends: Trends) -> Iterator[Row]:
    """Yield how many incidents there were a quarter."""
    found = trends.counts
    if not found.quarters:
        return
    yield "by quarter", ", ".join(map(_quarter, found.quarters[-_QUARTERS:]))
    over = sum(1 for one in found.quarters if one.is_over)
    if found.mean is None:
        yield "on average", "no quarter is over yet"
        return
    chance = f"by chance alone 95 of 100 quarters have {found.low} to {found.high}"
    yield "on average", f"{words.mean_said(found.mean)} a quarter (n = {count(over, 'quarter')}); {chance}"
    if found.uneven:
        yield "in swarms", f"quarters differ more than chance makes them (variance / mean = {found.dispersion:.1f})"
    yield "last four quarters", f"against the four before: {words.change_said(found.change, 'as many')}"


def _quarter(one: Count) -> str:
    return f"{one.quarter}: {one.incidents:,}{'' if one.is_over else ' so far'}"


def durations(trends: Trends) -> Iterator[Row]:
    """Yield how long they took."""
    if not trends.incidents:
        return
    for name, found in trends.durations.items():
        yield from _duration(name, found)
    if all(found.change is None for found in trends.durations.values()):
        yield "last four quarters", "against the four before: too few to say of any"


def _duration(name: str, found: Durations) -> Iterator[Row]:
    impossible = f", {found.impossible:,} of them end before they start" if found.impossible else ""
    known = f"n = {len(found.dots):,}, {found.unknown:,} unknown{impossible}"
    if not found.quantiles:
        yield f"to {name}", f"too few to say ({known})"
        return
    yield f"to {name}", f"{', '.join(map(words.quantile_said, found.quantiles))}; {known}"
    if found.change:
        yield "  last four quarters", f"median against the four before: {words.change_said(found.change, 'as long')}"


def people(trends: Trends) -> Iterator[Row]:
    """Yield who was involved."""
    found = trends.people
    for title, pairs in (("teams", found.teams), ("in a role", found.responders)):
        if pairs:
            yield title, words.some(words.counted(pairs), _SHOWN)
    if found.unknown and trends.incidents:
        yield "unknown", f"{found.unknown:,} of {len(trends.incidents):,} name neither a team nor a person"
