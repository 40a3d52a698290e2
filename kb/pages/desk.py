"""What every page is made with: the catalogue, the addresses, the renderer and the templates.

Templates only place what they are given; what is said and in which order is decided in the page modules. Compromise: the
short functions that templates may call are set here once, so that a page module passes facts and not functions.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup as Safe

from kb.catalogue.catalogue import Catalogue
from kb.pages.address import Style, alias_uri, cluster_uri, file_uri, record_uri, reference_uri, segment
from kb.pages.markup import Find, Heading, Markup, Target
from kb.pages.profile import applying
from kb.records.body import local_target
from kb.records.model import Postmortem, Record
from kb.records.time import Moment
from kb.text import age, count, duration, said, slug

# What learns and computes takes a second to load; a site without it is spared that.
if TYPE_CHECKING:
    from kb.recurrence.clusters import Cluster
    from kb.recurrence.recurrence import Recurrence
    from kb.recurrence.repeats import Repeat

DOCS_SUFFIX = ".md"

# Not the locale's: the same records give the same pages everywhere.
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `uri` has no ending; `section` is the uri of the list it belongs to; `source` the file to edit, or ""."""

    uri: str
    title: str
    html: Callable[[], str] = field(repr=False)
    section: str = ""
    source: str = ""
    description: str = ""


@dataclass(frozen=True)
class Desk:
    """Holds what page modules share; made once for a build. `recurrence` is None where nothing is to be said of it.

    `has_review` tells whether there are reviews to link to.
    """

    catalogue: Catalogue
    style: Style
    markup: Markup
    templates: Environment
    by_path: dict[str, Record]
    find: Find
    recurrence: "Recurrence | None" = None
    has_review: bool = False

    @cached_property
    def returns(self) -> "Mapping[str, tuple[Repeat, ...]]":
        """The repeats by the id of the earlier incident, in the order of the later ones."""
        found: defaultdict[str, list[Repeat]] = defaultdict(list)
        for repeat in self.recurrence.repeats if self.recurrence else ():
            found[repeat.earlier].append(repeat)
        return {name: tuple(repeats) for name, repeats in found.items()}

    @cached_property
    def applying(self) -> "Mapping[str, tuple[tuple[Cluster, int], ...]]":
        """The clusters to which each playbook applies, by its id, with the number of their incidents that name it."""
        return applying(self.catalogue, self.recurrence.clusters) if self.recurrence else {}

    def render(self, template: str, uri: str, **facts: Any) -> str:
        """Return the HTML of a page at `uri`, from a template of this package."""
        top = self.style.top(uri)
        return self.templates.get_template(template).render(
            top=top,
            link=lambda to: top + self.style.url(to),
            inline=lambda text: self.markup.inline(text, top),
            paragraphs=lambda text: paragraphs(self.markup, text, top),
            **facts,
        )

    def body(self, record: Record, uri: str) -> tuple[Safe, tuple[Heading, ...]]:
        """Return the HTML of a record's own text and its headings."""
        if not record.body.strip():
            return Safe(""), ()
        carried = {attachment.path for attachment in record.attachments}
        return self.markup.block(
            record.body, self.style.top(uri), lambda address: self._resolve(record, address, carried)
        )

    def _resolve(self, record: Record, address: str, carried: set[str]) -> str | None:
        target, _, fragment = address.partition("#")
        path = local_target(record.path, target)
        anchor = f"#r-{fragment}" if fragment else ""
        if (other := self.by_path.get(path)) is not None:
            return self.style.url(record_uri(other)) + anchor
        if path in carried:
            return quote(file_uri(path))
        docs = self.catalogue.config.docs + "/"
        if path.startswith(docs) and path.endswith(DOCS_SUFFIX):
            uri = path.removeprefix(docs).removesuffix(DOCS_SUFFIX)
            return self.style.url(uri) + (f"#{fragment}" if fragment else "")
        return None


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=PackageLoader("kb.pages"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    templates.filters.update(said=said, slug=slug, segment=segment, moment=moment, clock=clock, span=span)
    templates.globals.update(
        age=age, called=called, count=count, record_uri=record_uri, alias_uri=alias_uri, cluster_uri=cluster_uri
    )
    return templates


def paragraphs(markup: Markup, text: str | None, top: str) -> Safe:
    """Return a longer text as paragraphs, each inline."""
    parts = [part for part in (text or "").split("\n\n") if part.strip()]
    return Safe("").join(Safe("<p>{}</p>").format(markup.inline(part, top)) for part in parts)


def desk_for(
    catalogue: Catalogue, style: Style, recurrence: "Recurrence | None" = None, *, has_review: bool = False
) -> Desk:
    """Lay out the desk for a build."""

    def find(name: str) -> Target | None:
        record, action = catalogue.find(name), name.partition("#")[2].strip()
        if record is None:
            return None
        promise = next((promised.title for promised in record.promised if action and promised.id == action), "")
        label = promise or called(record)
        return Target(reference_uri(record, action), label, "" if label == record.title else record.title)

    by_path = {record.path: record for record in catalogue.records.values()}
    return Desk(
        catalogue,
        style,
        Markup(find, style.url),
        _templates(),
        by_path,
        find,
        recurrence,
        has_review and recurrence is not None,
    )


def called(record: Record) -> str:
    """Return what a record is called in the middle of a sentence.

    An incident whose organization and day are known is cited by them, as literature is by its author and year: a title is a
    sentence of its own and reads badly in another. Everything else is called by its title.
    """
    if isinstance(record, Postmortem) and record.organization and record.started:
        day = record.started.at
        return f"{record.organization} ({_MONTHS[day.month - 1]} {day.year})"
    return record.title


def moment(at: Moment) -> Safe:
    """Return a moment as a `<time>`: UTC, the record's own zone beside it, the exact value on hover."""
    if not at.exact:
        return Safe('<time datetime="{0}">{0}</time>').format(str(at))
    own = "" if at.at.utcoffset() == timedelta(0) else f" ({at.at:%H:%M} {_offset(at)})"
    shown = f"{at.utc:%Y-%m-%d %H:%M} UTC"
    return Safe('<time datetime="{0}" title="{0}">{1}<small>{2}</small></time>').format(str(at), shown, own)


def clock(at: Moment) -> str:
    """Return a moment's time of day in UTC, "" where only the day is known."""
    return f"{at.at.astimezone(UTC):%H:%M}" if at.exact else ""


def _offset(at: Moment) -> str:
    return at.at.isoformat(timespec="minutes")[-6:].replace("-", "−")


def span(length: timedelta | None) -> Safe:
    """Return a duration as people say it, with the exact value on hover; a quiet "unknown" for None."""
    if length is None:
        return Safe('<span class="kb-unknown">unknown</span>')
    minutes = length.total_seconds() / 60
    return Safe('<span title="{} min">{}</span>').format(f"{minutes:g}", duration(length))
