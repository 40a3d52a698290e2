"""The pages of services, teams, causes and organizations: its history at a glance, then every record that names it.

Compromise: one page for four kinds of topic; what differs between them is the words.
"""

from collections import Counter
from collections.abc import Iterable

from kb.catalogue.catalogue import Topic
from kb.pages.address import TOPIC_SECTIONS, topic_uri
from kb.pages.desk import Desk, Page
from kb.pages.numbered import numbered
from kb.pages.rows import record_row
from kb.pages.strip import by_year
from kb.records.model import Learning, Playbook, Postmortem
from kb.text import count, said, slug

TITLES = {"service": "Services", "team": "Teams", "cause": "Causes", "organization": "Organizations"}
_QUESTIONS = {
    "service": "How has this service failed before?",
    "team": "What has this team been through?",
    "cause": "What does this cause look like, and what stops it?",
    "organization": "What has happened here?",
}
_MOST = 6


def topic_pages(desk: Desk, topic: Topic) -> list[Page]:
    """Return the numbered pages of a topic."""
    members = [desk.catalogue.records[member] for member in topic.members]
    name = said(topic.name) if topic.kind == "cause" else topic.name
    return numbered(
        desk,
        "topic.html",
        topic_uri(topic),
        name,
        [record_row(desk.catalogue, member) for member in members],
        section=f"{TOPIC_SECTIONS[topic.kind]}/index",
        facts=lambda: _facts(desk, topic),
        name=name,
        kind=topic.kind,
        question=_QUESTIONS[topic.kind],
        total=len(members),
    )


def _facts(desk: Desk, topic: Topic) -> dict[str, object]:
    members = [desk.catalogue.records[member] for member in topic.members]
    incidents = [m for m in members if isinstance(m, Postmortem)]
    promises = [p for i in incidents for p in desk.catalogue.promises_of.get(i.id, ())]
    return {
        "strip": by_year(incidents),
        "incidents": count(len(incidents), "incident"),
        "playbooks": [m for m in members if isinstance(m, Playbook)],
        "learnings": [m for m in members if isinstance(m, Learning)],
        "open": sum(p.is_open for p in promises),
        "overdue": sum(p.is_overdue for p in promises),
        "causes": most(desk, "cause", (c for i in incidents for c in i.causes)) if topic.kind != "cause" else [],
        "services": most(desk, "service", (s for i in incidents for s in i.services))
        if topic.kind != "service"
        else [],
        "missing": _missing(incidents),
    }


def most(desk: Desk, kind: str, names: Iterable[str]) -> list[tuple[str, str, int]]:
    """Return the topics named most often, as (uri, name, number), of equals by name."""
    topics = desk.catalogue.topics[kind]
    found = Counter(slug(name) for name in names).most_common()
    ordered = sorted(found, key=lambda pair: (-pair[1], pair[0]))[:_MOST]
    return [(topic_uri(topics[key]), said(topics[key].name), number) for key, number in ordered]


def _missing(incidents: Iterable[Postmortem]) -> list[tuple[str, int]]:
    names = Counter(said(s.name) for i in incidents for s in i.safeguards if s.verdict in ("missing", "failed"))
    return sorted(names.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST]


def topic_index(desk: Desk, kind: str) -> Page:
    """Return the page that lists all topics of a kind, those with most incidents first."""
    uri = f"{TOPIC_SECTIONS[kind]}/index"
    records = desk.catalogue.records
    counted = [
        (topic, sum(isinstance(records[m], Postmortem) for m in topic.members), len(topic.members))
        for topic in desk.catalogue.topics[kind].values()
    ]
    counted.sort(key=lambda entry: (-entry[1], -entry[2], entry[0].slug))
    entries = [(topic_uri(t), said(t.name) if kind == "cause" else t.name, number, of) for t, number, of in counted]
    most = max((number for _, number, _ in counted), default=0)
    return Page(
        uri=uri,
        title=TITLES[kind],
        html=lambda: desk.render("topics.html", uri, title=TITLES[kind], kind=kind, entries=entries, most=most),
        section=uri,
    )
