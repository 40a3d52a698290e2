"""`kb trends`: whether it gets better, and whether that can be known.

Compromise: the JSON follows the values of `kb.trends.model` field by field, so that it is as complete as they are; a test holds
its names.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import click

import kb
from kb.cli import options
from kb.cli.options import FINE, Start
from kb.text import count

if TYPE_CHECKING:
    from kb.trends.trends import Trends

_FORM = re.compile(r"([1-8]\d{3})(?:-(?:Q([1-4])|(\d{2})(?:-(\d{2}))?))?", re.ASCII | re.IGNORECASE)
# Decimal places of what is no whole number.
_PLACES = 4


def _span(ctx: click.Context, param: click.Parameter, given: str | None) -> tuple[date, date] | None:
    """Read a day, a month, a quarter or a year as its first and last day."""
    match = _FORM.fullmatch(given or "")
    try:
        if match:
            return _ends(*(int(part) if part else None for part in match.groups()))
    except ValueError:
        match = None
    if given is not None:
        said = f"`{given[:60]}` is no day, month, quarter or year, such as 2025-03-14, 2025-03, 2025-Q1 or 2025."
        raise click.BadParameter(said, ctx, param)
    return None


def _ends(year: int | None, quarter: int | None, month: int | None, day: int | None) -> tuple[date, date]:
    assert year is not None  # noqa: S101  Each form begins with one.
    if day is not None:
        return date(year, month or 1, day), date(year, month or 1, day)
    first, months = (month, 1) if month is not None else (3 * quarter - 2, 3) if quarter else (1, 12)
    after = first - 1 + months
    return date(year, first, 1), date(year + after // 12, after % 12 + 1, 1) - timedelta(days=1)


@click.command(short_help="See whether it gets better.")
@click.option("--since", callback=_span, metavar="DATE", help="Not before this day, month, quarter or year.")
@click.option("--until", callback=_span, metavar="DATE", help="Not after this day, month, quarter or year.")
@click.option(
    "--service", "services", multiple=True, metavar="NAME", help="Only of this service; several may be given."
)
@click.option("--team", "teams", multiple=True, metavar="NAME", help="Only of this team; several may be given.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@options.today
@click.pass_obj
def trends(
    start: Start,
    since: tuple[date, date] | None,
    until: tuple[date, date] | None,
    services: tuple[str, ...],
    teams: tuple[str, ...],
    as_json: bool,
    today: date | None,
) -> int:
    """Show whether it gets better, and whether the records can tell.

    Each figure comes with how many incidents or actions it rests on, and each share and quantile with its 95 % interval.
    What is unknown is counted and never guessed. A change is called one only where its interval leaves out that there is none.

    \b
    Examples:
      kb trends
      kb trends --since 2021-Q4 --until 2022
      kb trends --service checkout --team payments
      kb trends --json
    """
    from kb.cli.trend_lines import lines

    selection = kb.Selection(since[0] if since else None, until[1] if until else None, services, teams)
    found = kb.Trends(kb.load(start.root(), today=today), selection=selection)
    unread = len({finding.path for finding in found.catalogue.errors})
    if unread:
        click.echo(f"kb: {count(unread, 'file')} with errors left out; `kb check` says what is wrong", err=True)
    click.echo(_json(found) if as_json else "\n".join(lines(found)))
    return FINE


def _json(found: "Trends") -> str:
    work, people = found.work, found.people
    foreseen, of = found.foreseen
    return json.dumps(
        {
            "today": found.catalogue.today.isoformat(),
            "selection": _plain(found.selection),
            "incidents": len(found.incidents),
            "counts": _plain(found.counts),
            "power": _plain(found.power),
            "durations": _plain(found.durations),
            "shares": _plain(found.shares),
            "work": {**_plain(work), "states": dict(work.states)},
            "practice": _plain(found.practice),
            "undated": _plain(found.undated),
            "reports": _plain(found.reports),
            "changes": _plain(found.changes),
            "people": {**_plain(people), "teams": _named(people.teams), "responders": _named(people.responders)},
            "foreseen": {"incidents": foreseen, "of": of},
        },
        indent=2,
        allow_nan=False,
    )


def _named(pairs: tuple[tuple[str, int], ...]) -> list[dict[str, Any]]:
    return [{"name": name, "incidents": number} for name, number in pairs]


def _plain(value: Any) -> Any:
    """Return a value of the trends as JSON has it: null for what is unknown or has no bound."""
    match value:
        case kb.Quarter() | date():
            return str(value)
        case float():
            return round(value, _PLACES) if math.isfinite(value) else None
        case tuple():
            return [_plain(one) for one in value]
        case Mapping():
            return {name: _plain(one) for name, one in value.items()}
    if is_dataclass(value):
        made = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        return made | ({"is_change": value.is_change} if hasattr(value, "is_change") else {})
    return value
