"""An Atom feed (RFC 4287): what was written last, for whoever subscribes.

It is told titles, days and addresses and says them as XML; which records those are is decided elsewhere. Compromise: a day is
said as its midnight in UTC, because Atom has no plain days and more is not known of most records.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from xml.etree.ElementTree import Element, SubElement, indent, tostring

_NAMESPACE = "http://www.w3.org/2005/Atom"
_GENERATOR = "Afteraction"
# What XML 1.0 knows no way to write: controls, lone surrogates and two that are no characters (section 2.2, `Char`).
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a feed tells of. `id` is an absolute IRI that never changes; `link` may be relative to the feed.

    `terms` are what it is filed under, each once, and how that is said; `summary` is plain text, "" for none.
    """

    id: str
    title: str
    link: str
    updated: date
    summary: str = ""
    authors: tuple[str, ...] = ()
    terms: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed, its entries in the order in which they are written.

    `id` is as in `Entry`; `author` stands for all entries that name none, "" for nobody known; `page` is the address of the page
    that shows the same, `itself` that of the feed. A feed that has no entries was last changed on `today`.
    """

    id: str
    title: str
    author: str
    page: str
    itself: str
    today: date
    entries: tuple[Entry, ...]


def content(feed: Feed) -> bytes:
    """Return the file's content, in UTF-8, ended by a line end. What XML cannot write is left out of every text."""
    root = Element("feed", xmlns=_NAMESPACE)
    _text(root, "id", feed.id)
    _text(root, "title", feed.title)
    _text(root, "updated", _moment(max((entry.updated for entry in feed.entries), default=feed.today)))
    # The standard wants one (section 4.1.1).
    _authors(root, [_line(feed.author) or "unknown"])
    _link(root, feed.page)
    _link(root, feed.itself, "self", "application/atom+xml")
    _text(root, "generator", _GENERATOR)
    for entry in feed.entries:
        _entry(SubElement(root, "entry"), entry)
    indent(root, "")
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _entry(element: Element, entry: Entry) -> None:
    _text(element, "id", entry.id)
    _text(element, "title", entry.title)
    _text(element, "updated", _moment(entry.updated))
    _authors(element, entry.authors)
    _link(element, entry.link)
    for term, label in entry.terms:
        if written := _line(term):
            SubElement(element, "category", term=written, label=_line(label))
    if summary := _line(entry.summary):
        _text(element, "summary", summary)


def _authors(element: Element, names: Iterable[str]) -> None:
    for name in filter(None, map(_line, names)):
        _text(SubElement(element, "author"), "name", name)


def _link(element: Element, address: str, rel: str = "alternate", form: str = "text/html") -> None:
    SubElement(element, "link", rel=rel, type=form, href=_line(address))


def _text(element: Element, name: str, text: str) -> None:
    SubElement(element, name).text = _line(text)


def _moment(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


def _line(text: str) -> str:
    return " ".join(_UNWRITABLE.sub("", text).split())
