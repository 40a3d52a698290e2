"""Records, catalogues and sites made in memory, for what needs no files."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import TypeAdapter, ValidationError

import kb
from kb.pages.desk import Desk, desk_for
from kb.records.model import INNER, Part
from kb.records.shape import specs

TODAY = date(2026, 6, 15)


def incident(name: str = "one", **fields: Any) -> kb.Postmortem:
    return kb.Postmortem.model_validate(
        {"id": name, "title": f"Title of {name}", "path": f"postmortems/{name}.md", **fields}
    )


def playbook(name: str = "book", **fields: Any) -> kb.Playbook:
    return kb.Playbook.model_validate(
        {"id": name, "title": f"Title of {name}", "path": f"playbooks/{name}.md", **fields}
    )


def learning(name: str = "lesson", **fields: Any) -> kb.Learning:
    return kb.Learning.model_validate(
        {"id": name, "title": f"Title of {name}", "path": f"learnings/{name}.md", **fields}
    )


def catalogue(
    *records: kb.Record,
    links: tuple[kb.Link, ...] = (),
    findings: tuple[kb.Finding, ...] = (),
    today: date = TODAY,
    config: kb.Config | None = None,
) -> kb.Catalogue:
    """Put records into a catalogue; links between them are given, not read."""
    by_id = MappingProxyType({record.id: record for record in sorted(records, key=lambda record: record.id)})
    return kb.Catalogue(Path("/nowhere"), config or kb.Config(), today, by_id, links, findings)


def desk(*records: kb.Record, **more: Any) -> Desk:
    return desk_for(catalogue(*records, **more), kb.Style())


CERTIFICATE = "The certificate expired and nobody had renewed it before its expiry date."
DISK = "The disk was full of old segments and the queue could not write to the volume."


def certificates(number: int, **fields: Any) -> list[kb.Postmortem]:
    """Incidents that happened in one way, the n-th in its own year: `cert-2`, 2021-05-01."""
    return [
        incident(f"cert-{n}", **{"summary": CERTIFICATE, "started": f"{2019 + n}-05-01", **fields})
        for n in range(1, number + 1)
    ]


def disks(number: int) -> list[kb.Postmortem]:
    """Incidents that happened in another way: `disk-2`, 2021-02-01."""
    return [incident(f"disk-{n}", summary=DISK, started=f"{2019 + n}-02-01") for n in range(1, number + 1)]


def recurring(*records: kb.Record, **more: Any) -> Desk:
    """A desk whose pages say what keeps coming back."""
    made = catalogue(*records, **more)
    return desk_for(made, kb.Style(), kb.Recurrence(made))


def pages_of(site: kb.Site) -> Iterator[tuple[str, str]]:
    """Yield (file, HTML) of every page of a site, home and redirects among them."""
    yield "index.html", site.home()
    for page in every_page(site):
        yield file_of(site.style.url(page.uri)), page.html()
    for moved in site.redirects():
        yield moved.uri, (moved.content or b"").decode()


def every_page(site: kb.Site) -> list[kb.Page]:
    """Every page of a site but its home."""
    return [
        *site.record_pages(),
        *site.list_pages(),
        *site.topic_pages(),
        *site.cluster_pages(),
        *site.review_pages(),
        site.search_page(),
    ]


def file_of(address: str) -> str:
    """Return the file that a browser or a server opens at an address of the site."""
    return f"{address}index.html" if address.endswith("/") else address


def full(part: type[Part], say: Callable[[str], str], name: str) -> dict[str, Any]:
    """Return a value for every field of a part: `say(path)` where text may stand, else whatever the field takes."""
    values: dict[str, Any] = {}
    for field, spec in specs(part).items():
        path = f"{name}.{field}"
        if spec.part is not None:
            one: Any = full(spec.part, say, path)
            values[field] = [one] if spec.many else one
        elif spec.mapping:
            values[field] = {say(f"{path}.key"): [say(path)]}
        else:
            values[field] = [say(path)] if spec.many else _accepted(part.model_fields[field].annotation, say(path))
    if "body" in part.model_fields:
        values |= {inner: say(f"{name}.{inner}") for inner in sorted(INNER & {"path", "body"})}
        values["extra"] = {
            say(f"{name}.extra.key"): [say(f"{name}.extra"), {say(f"{name}.extra.in.key"): say(f"{name}.extra.in")}]
        }
    return values


def _accepted(annotation: Any, text: str) -> Any:
    adapter: TypeAdapter[Any] = TypeAdapter(annotation)
    for value in (text, "2024-03-01T10:00Z", "2024-03-01", "6 months", True):
        try:
            adapter.validate_python(value)
        except ValidationError:
            continue
        return value
    raise AssertionError(f"nothing fits {annotation}")
