"""`kb search`: past incidents, playbooks and learnings for a symptom, an error message or half a memory.

Compromise: options are written into the query as `field:value`, so whatever can be asked with an option can be asked without one.
"""

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import click

from kb.cli.options import FINE, F, Start
from kb.config import load_config
from kb.search.document import Document
from kb.search.index import open_index
from kb.search.passage import Passage
from kb.search.query import MAX_WORDS, Query, read_query
from kb.search.search import Answer, Result
from kb.search.search import search as find
from kb.text import count, said

SHOWN = 10
# Values of a facet that are counted in the terminal; `--json` has all.
_COUNTED = 5

_DAY = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


def _day(ctx: click.Context, param: click.Parameter, given: str | None) -> str | None:
    if given is not None and not _DAY.fullmatch(given):
        raise click.BadParameter(
            f"`{given}` is no day, month or year, such as 2025-03-14, 2025-03 or 2025.", ctx, param
        )
    return given


def _fact(name: str) -> Callable[[F], F]:
    return click.option(f"--{name}", multiple=True, metavar="WORD", help=f"Only of this {name}; several may be given.")


@click.command(short_help="Find what happened before.")
@click.argument("words", metavar="[QUERY]...", nargs=-1)
@_fact("kind")
@_fact("service")
@_fact("cause")
@_fact("severity")
@_fact("team")
@click.option("--since", callback=_day, metavar="DATE", help="Not before this day, month or year.")
@click.option("--until", callback=_day, metavar="DATE", help="Not after this day, month or year.")
@click.option("--limit", type=click.IntRange(1, 1000), default=SHOWN, help="How many to show; 10 unless given.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def search(start: Start, /, words: tuple[str, ...], limit: int, as_json: bool, **narrowed: Any) -> int:
    """Find records by a symptom, an error message or half a memory.

    Any word may match, and records that hold more of the words stand first; a whole sentence may be pasted. In the query,
    quoted from the shell: "words that stand together", -unwanted, begin*, field:value with kind, severity, service, cause, team,
    organization, year, trigger, tag, status or id, and date:2020..2021-06.

    \b
    Examples:
      kb search no space left on device
      kb search 'ECONNRESET kube-dns -"us-east-1"' --kind playbook
      kb search certificate --severity sev1 --since 2020
      kb search --cause contention --json
    """
    root = start.root()
    query = read_query(" ".join([*words, *_as_fields(narrowed)]))
    opened = open_index(root, load_config(root))
    for note in filter(None, [opened.said, _cut(query)]):
        click.echo(f"kb: {note}", err=True)
    answer = find(opened.index, query, limit)
    click.echo(_json(" ".join(words), answer) if as_json else _text(query, answer))
    return FINE


def _as_fields(narrowed: Mapping[str, Any]) -> Iterator[str]:
    for name in ("kind", "service", "cause", "severity", "team"):
        # A quotation mark would end the value; no slug has one.
        yield from (f'{name}:"{value.replace(chr(34), " ")}"' for value in narrowed[name])
    if narrowed["since"] or narrowed["until"]:
        yield f"date:{narrowed['since'] or ''}..{narrowed['until'] or ''}"


def _cut(query: Query) -> str:
    return f"the query is long; its first {MAX_WORDS} words were looked up" if query.cut else ""


def _json(asked: str, answer: Answer) -> str:
    # Addresses come with the catalogue and the model, which a search in a terminal does not need.
    from kb.pages.address import Style, uri_of

    results = [
        {
            "id": one.document.id,
            "kind": one.document.kind,
            "title": one.document.title,
            "url": Style().url(uri_of(one.document.kind, one.document.id)),
            "score": round(one.score, 4),
            "passage": one.passage.text,
        }
        for one in answer.results
    ]
    facets = {name: dict(found) for name, found in answer.facets.items()}
    return json.dumps({"query": asked, "total": answer.total, "facets": facets, "results": results}, indent=2)


def _text(query: Query, answer: Answer) -> str:
    if query.is_empty:
        return "Nothing to look for: write a symptom, an error message or a service."
    notes = list(_noted(answer))
    if not answer.results:
        return "\n".join(["No record fits.", *notes])
    if answer.is_loose:
        notes.insert(0, "No record has the quoted words one after another; these have some of them.")
    shown = len(answer.results)
    head = count(answer.total, "record") if shown == answer.total else f"{shown} of {count(answer.total, 'record')}"
    order = "best first" if query.words or query.prefixes else "newest first"
    return "\n".join([f"{head}, {order}.", *notes, "", *map(_block, answer.results), *_counts(answer)])


def _noted(answer: Answer) -> Iterator[str]:
    for asked in answer.begun:
        yield f"No record has `{asked}`; words that begin with it were looked for."
    for asked, word in answer.instead.items():
        yield f"No record has `{asked}`; did you mean `{word}`? It was looked for instead."
    for asked, word in answer.near.items():
        yield f"No record has `{asked}`; did you mean `{word}`?"


def _block(result: Result) -> str:
    lines = [click.style(result.document.title, bold=True), f"    {_about(result.document)}"]
    lines += [f"    {_marked(result.passage)}"] if result.passage.text else []
    return "\n".join([*lines, ""])


def _about(document: Document) -> str:
    about = [*document.facts["kind"].values(), document.day, *document.facts.get("severity", {}).values()]
    return " · ".join([document.path, *(said(word) for word in about if word)])


def _marked(passage: Passage) -> str:
    text = passage.text
    if not sys.stdout.isatty():
        return text
    for first, last in reversed(passage.marks):
        text = f"{text[:first]}{click.style(text[first:last], fg='yellow', bold=True)}{text[last:]}"
    return text


def _counts(answer: Answer) -> Iterator[str]:
    for name, found in answer.facets.items():
        values = [f"{said(value)} {number}" for value, number in list(found.items())[:_COUNTED]]
        rest = len(found) - _COUNTED
        yield f"{name}: {', '.join(values)}{f', and {rest} more' if rest > 0 else ''}"
