"""How the review tells of what was done about it: promises, lessons, services, playbooks, drills, decisions.

Compromise: what nobody wrote down is said to be unknown, and no more is made of it.
"""

from collections.abc import Callable, Iterator, Sequence

from kb.catalogue.promise import Promise
from kb.review.days import day_said
from kb.review.model import CameTrue, Decided, Ledger, PlaybookTold, Told
from kb.review.section import Block, Code, Said, Teller, item, plain_line, text, titled
from kb.text import count

# Services that are told, and actions of a kind: more of either nobody listens to.
_SERVICES, _ACTIONS = 6, 4


def before(teller: Teller) -> Iterator[Block]:
    """Tell what the review before decided."""
    found = teller.review.before
    if found is None:
        yield text(f"There is no record of a review of {teller.review.quarter.before}.")
    else:
        yield from _decided(teller, found)


def decisions(teller: Teller) -> Iterator[Block]:
    """Tell what this review decided."""
    found = teller.review.decided
    if found is None:
        command = Code(f"kb review {teller.review.quarter} --write")
        yield text("None on record. ", command, " starts the record.")
    else:
        yield from _decided(teller, found)


def _decided(teller: Teller, found: Decided) -> Iterator[Block]:
    if not found.decisions:
        yield text(f"The record of the review of {plain_line(found.record.quarter or '')} holds no decision.")
    yield from teller.listed(found.decisions, lambda one: (teller.plain(one),))
    if found.promises:
        yield text("What it promised:")
        yield from teller.listed(found.promises, lambda one: (f"{plain_line(one.state)}: ", *teller.promise(one)))


def actions(teller: Teller) -> Iterator[Block]:
    """Tell the ledger."""
    found = teller.review.ledger
    yield text(f"{_flow(found)} {_stood(found)}")
    if found.unknown:
        yield text(f"What became of {count(found.unknown, 'promise')}, nobody has written down.")
    yield from _kind(teller, "Overdue, the longest first", found.overdue)
    yield from _kind(teller, "Declined in these months", found.declined, lambda one: _reason(teller, one))
    yield from _kind(teller, "Done in these months", found.done)
    yield from _kind(teller, "Done, and nobody has seen that it works; the latest first", found.unverified)


def _flow(found: Ledger) -> str:
    if not (found.opened or found.done or found.declined):
        return "No action is known to have been opened, done or declined in these months."
    opened = f"{count(found.opened, 'action')} {'was' if found.opened == 1 else 'were'} opened"
    done, declined = (f"{len(some):,}" if some else "none" for some in (found.done, found.declined))
    return f"In these months {opened if found.opened else 'no action was opened'}, {done} done, {declined} declined."


def _stood(found: Ledger) -> str:
    when = f"On {day_said(found.day)}"
    if not found.open:
        return f"{when}, none stood open."
    late = f"{len(found.overdue):,}" if found.overdue else "none"
    due = f", {found.without_due:,} without a due day" if found.without_due else ""
    return f"{when}, {found.open:,} stood open: {late} overdue{due}."


def _kind(
    teller: Teller, title: str, found: Sequence[Promise], line: Callable[[Promise], Said] | None = None
) -> Iterator[Block]:
    if found:
        yield Block("heading", (f"{title}: {len(found):,}",))
        yield from teller.listed(found, line or teller.promise, _ACTIONS)


def _reason(teller: Teller, one: Promise) -> Said:
    return (*teller.promise(one), f": {teller.plain(one.action.reason) or 'no reason given'}")


def lessons(teller: Teller) -> Iterator[Block]:
    """Tell surprises and luck."""
    if not teller.review.incidents:
        yield teller.nothing("")
        return
    yield from _told(teller, "What nobody expected", teller.review.surprises, "No incident tells of a surprise.")
    yield from _told(teller, "Where we were lucky", teller.review.luck, "No incident tells of luck.")


def _told(teller: Teller, title: str, found: Sequence[Told], otherwise: str) -> Iterator[Block]:
    if not found:
        yield text(otherwise)
        return
    yield Block("heading", (title,))
    yield from teller.listed(found, lambda one: (f"{teller.plain(one.text)} (", teller.ref(one.incident), ")"))


def services(teller: Teller) -> Iterator[Block]:
    """Tell which services are worst, new and quiet."""
    found = teller.review.services
    if not (found.new or found.worst or found.quiet):
        yield teller.nothing("No incident of the quarter names a service.")
    if found.worst:
        worst = teller.named(found.worst, lambda one: f"{plain_line(one.name)} ({one.incidents})", _SERVICES)
        yield item("Most incidents: ", *worst, ".")
    elif len(teller.review.incidents) > 1:
        yield item("No service had more than one incident.")
    for title, some in (
        ("First incident on record", found.new),
        ("Quiet, after incidents in the year before", found.quiet),
    ):
        if some:
            yield item(f"{title}: ", *teller.named(some, lambda one: plain_line(one.name), _SERVICES), ".")


def playbooks(teller: Teller) -> Iterator[Block]:
    """Tell how playbooks did."""
    found = teller.review.playbooks
    if not (found.used or found.missing or found.outdated):
        yield teller.nothing("No incident of the quarter names a playbook.")
    for title, some in (("Used or named", found.used), ("Missing", found.missing), ("Outdated", found.outdated)):
        if some:
            yield item(f"{title}: ", *teller.named(some, lambda one: _playbook(teller, one)), ".")


def _playbook(teller: Teller, one: PlaybookTold) -> Said:
    name = teller.ref(one.playbook) if one.playbook else plain_line(one.name)
    return (name,) if len(one.incidents) == 1 else (name, f" ({count(len(one.incidents), 'incident')})")


def drills(teller: Teller) -> Iterator[Block]:
    """Tell what was drilled, and what was foreseen."""
    review = teller.review
    if review.drills:
        yield item("Drills held: ", *teller.named(review.drills, teller.ref), ".")
    else:
        yield item("No drill of this quarter is on record.")
    yield from teller.listed(review.came_true, lambda one: _came_true(teller, one))
    if review.unforeseen:
        left, whole = len(review.unforeseen), len(review.incidents)
        names: Said = (": ", *teller.named(review.unforeseen, teller.ref)) if left < whole else ()
        what = (
            f"{left:,} of {count(whole, 'incident')}"
            if left < whole
            else "any of them"
            if whole > 1
            else "the incident"
        )
        yield item(f"No pre-mortem foresaw {what}", *names, ".")


def _came_true(teller: Teller, one: CameTrue) -> Said:
    how = "was named afterwards as a case of" if one.is_later else "was foreseen"
    risk = teller.plain(one.risk.risk) or "a risk without words"
    return (teller.ref(one.incident), f" {how}: {risk} (", teller.ref(one.pre_mortem), ")")


def choices(teller: Teller) -> Iterator[Block]:
    """Tell what to read aloud and what to replay, and why."""
    review = teller.review
    if not review.incidents:
        yield teller.nothing("")
        return
    for one in review.read_aloud:
        yield item("Read aloud ", titled(one.incident), f": {plain_line(one.reason)}.")
    if not review.read_aloud:
        yield item("Nothing to read aloud: no published postmortem tells of surprises, luck or whys.")
    if review.drill:
        yield item("Replay ", titled(review.drill.incident), f": {plain_line(review.drill.reason)}.")
    else:
        yield item("Nothing to replay: no playbook failed, no time to detect is known, and no timeline is long enough.")
