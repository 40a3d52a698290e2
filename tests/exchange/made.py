"""A catalogue that says something in every field, wild texts, and exports of either."""

from typing import Any

from hypothesis import strategies as st
from pages.made import catalogue, incident, learning, playbook

import kb
from kb.exchange.table import Export
from kb.exchange.tables import chosen, export
from kb.records.time import parse_moment

FULL = incident(
    "2021-03-01-doors-shut",
    title="The doors stayed shut",
    organization="Moorland Rail",
    audience="everyone",
    status="published",
    published="2021-03-20",
    severity="sev1",
    severity_reason="Nobody could leave.",
    summary="A certificate expired.",
    services=("doors", "doors", "gates"),
    teams=("rolling stock",),
    tags=("tls",),
    aliases=("doors-2021",),
    authors=("Ada",),
    reviewers=("Bo",),
    sources=({"url": "https://example.org/a", "title": "A report"},),
    started="2021-03-01T09:00:00+01:00",
    detected="2021-03-01T08:02:00.500Z",
    acknowledged="2021-03-01",
    mitigated="2021-03-01T07:00:00Z",
    resolved="2021-03-01T23:30:00-02:00",
    detection={"method": "alert", "detail": "A probe."},
    trigger="performance_decay",
    causes=("misconfiguration",),
    impact={"summary": "No doors.", "users": "-5", "requests": "all", "revenue": "1 EUR", "error_budget": "2 %"},
    roles={
        "incident_commander": "Cy",
        "communications_lead": "Di",
        "planning_lead": "Ed",
        "responders": ("Fay", "Gus"),
    },
    timeline=({"at": "2021-03-01T08:00:00Z", "event": "Shut.", "kind": "observation", "by": "Cy", "evidence": "log"},),
    five_whys=("They were shut.", "It had expired."),
    fishbone={"people": ("tired",)},
    safeguards=({"name": "alert", "verdict": "missing"}, {"name": "review"}),
    changes=({"at": "2021-02-28", "kind": "config_push", "ref": "abc", "description": "A date."},),
    playbooks=({"id": "renew-old", "verdict": "outdated"}, {"id": "no-such-book", "verdict": "missing"}),
    actions=(
        {
            "id": "renew",
            "title": "Renew in time",
            "kind": "prevent",
            "capa": "preventive",
            "owner": "Ada",
            "priority": "high",
            "status": "in_progress",
            "reason": "Waits.",
            "opened": "2021-03-02",
            "due": "2026-06-01",
            "ticket": "T-1",
            "success_criterion": "It is renewed.",
        },
        {"id": "tell", "status": "done", "opened": "2021-03-02", "closed": "2021-03-12"},
        {"title": "No id and no status", "due": "2020-01-01"},
    ),
    lessons={"went_well": ("a",), "went_badly": ("b",), "got_lucky": ("c",), "surprised": ("d",)},
    recurrence_of=("2020-03-01-gates-shut",),
    not_related=("2020-05-05-other",),
)
EARLIER = incident("2020-03-01-gates-shut", started="2020-03-01T00:00:00Z")
BOOK = playbook(
    "renew",
    aliases=("renew-old",),
    owner="Ada",
    symptoms=("Refused.",),
    alerts=("Expiring",),
    last_reviewed="2021-01-01",
    review_every="6 months",
    last_exercised="2020-12-31",
)
LESSON = learning(
    "what-if",
    kind="pre_mortem",
    date="2020-01-01",
    scope="doors",
    risks=({"id": "r", "risk": "It expires.", "likelihood": "high", "impact": "bad", "came_true": (FULL.id,)},),
    scenario="s",
    style="tabletop",
    findings=("f",),
    hypothesis="h",
    steady_state="ss",
    blast_radius="br",
    result="r",
    quarter="2020-Q1",
    decisions=("Do it.",),
)
LINKS = (
    kb.Link(FULL.id, EARLIER.id, "recurrence_of", 3),
    kb.Link(FULL.id, BOOK.id, "playbooks", 4, "outdated"),
    kb.Link(LESSON.id, FULL.id, "came_true", 5),
)

WHOLE = catalogue(FULL, EARLIER, BOOK, LESSON, links=LINKS)

# What people and attackers write: signs of formulas and of CSV, quotes, blanks and line ends, other alphabets.
TEXTS = st.text(
    st.sampled_from("=+-@＝\t\r\n;,'\"“ \u00a0\ufeff|aé数😀\u2028\x85\x01\x7f") | st.characters(), max_size=30
)
# A text as it comes out: what no file can hold is replaced in every format.
LOST = {ord("\0"): "\ufffd", **dict.fromkeys(range(0xD800, 0xE000), "\ufffd")}


def plain(text: str) -> str | None:
    return text.translate(LOST) or None


def exported(found: kb.Catalogue, *names: str) -> Export:
    return export(found, chosen(names))


def rows(made: Export, name: str) -> list[dict[str, Any]]:
    [table] = [table for table in made.tables if table.name == name]
    return [dict(zip([column.name for column in table.columns], row, strict=True)) for row in table.rows]


def wild(*texts: str) -> Export:
    """An export in which these texts stand where people write sentences, one a record."""
    made = [
        kb.Postmortem.model_construct(
            id=f"i{number:03}", title=text, summary=text, tags=(text,), started=parse_moment("2021-01-01T00:00:00Z")
        )
        for number, text in enumerate(texts)
    ]
    return exported(catalogue(*made))


def written(made: Export) -> list[str | None]:
    """The titles, as they stand in the table `records`."""
    return [row["title"] for row in rows(made, "records")]
