"""The pages of playbooks and learnings.

A playbook answers "it is burning, what do I do?": its steps come first, what people learned about it beside them.
Compromise: steps are read from the headings of the text, whatever they are called, so that runbooks of other shapes work.
How a guarded command is used is said by the page, once, and not by every playbook.
"""

import re

from kb.catalogue.catalogue import Catalogue
from kb.pages.address import record_uri, review_uri
from kb.pages.clusters import applies_to, described_by
from kb.pages.desk import Desk, Page
from kb.pages.incident import backlinks
from kb.pages.rows import promise_mark, severity_mark
from kb.records.model import Learning, Playbook
from kb.text import said, slug

_LAST = 3

# `${HOST:?name}`: the shell refuses the command while the variable is not set.
_GUARDED = re.compile(r"\$\{\w+:\?")


def playbook_page(desk: Desk, playbook: Playbook) -> Page:
    """Return the page of a playbook."""
    uri = record_uri(playbook)
    return Page(
        uri=uri,
        title=playbook.title,
        html=lambda: _playbook(desk, playbook, uri),
        section="playbooks/index",
        source=playbook.path,
        description=" ".join((playbook.summary or "; ".join(playbook.symptoms)).split())[:300],
    )


def _playbook(desk: Desk, playbook: Playbook, uri: str) -> str:
    body, headings = desk.body(playbook, uri)
    fresh = desk.catalogue.freshness[playbook.id]
    return desk.render(
        "playbook.html",
        uri,
        playbook=playbook,
        fresh=fresh,
        uses=[(incident, verdict, severity_mark(incident.severity)) for incident, verdict in fresh.uses[:_LAST]],
        more=max(0, len(fresh.uses) - _LAST),
        body=body,
        is_guarded=_GUARDED.search(playbook.body) is not None,
        headings=headings,
        steps=[(text, anchor) for level, text, anchor in headings if level == 2],
        nearby=_nearby(desk.catalogue, playbook),
        clusters=applies_to(desk, playbook),
        backlinks=backlinks(desk, playbook),
        related=[(name, desk.catalogue.find(name)) for name in playbook.related],
    )


def _nearby(catalogue: Catalogue, playbook: Playbook) -> list[Playbook]:
    services = {slug(service) for service in playbook.services}
    return [p for p in catalogue.playbooks if p.id != playbook.id and services & {slug(s) for s in p.services}][:5]


def learning_page(desk: Desk, learning: Learning) -> Page:
    """Return the page of a learning."""
    uri = record_uri(learning)
    return Page(
        uri=uri,
        title=learning.title,
        html=lambda: _learning(desk, learning, uri),
        section="learnings/index",
        source=learning.path,
        description=" ".join((learning.summary or "").split())[:300],
    )


def _learning(desk: Desk, learning: Learning, uri: str) -> str:
    body, headings = desk.body(learning, uri)
    find = desk.catalogue.find
    return desk.render(
        "learning.html",
        uri,
        learning=learning,
        kind=said(learning.kind or "learning"),
        body=body,
        headings=headings,
        incidents=[(name, find(name)) for name in learning.incidents],
        clusters=described_by(desk, learning),
        playbooks=[(name, find(name)) for name in learning.playbooks],
        risks=[(risk, [(name, find(name)) for name in risk.came_true]) for risk in learning.risks],
        promises=[(p, promise_mark(p), []) for p in desk.catalogue.promises_of.get(learning.id, ())],
        backlinks=backlinks(desk, learning),
        related=[(name, find(name)) for name in learning.related],
        reviewed=_reviewed(desk, learning),
    )


def _reviewed(desk: Desk, learning: Learning) -> str:
    """Return the uri of the page of the quarter that a learning reviews, "" where there is none."""
    if not desk.has_review:
        return ""
    from kb.pages.reviews import of_record

    quarter = of_record(desk.catalogue, learning)
    return review_uri(quarter) if quarter else ""
