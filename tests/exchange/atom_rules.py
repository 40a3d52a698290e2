"""What RFC 4287 asks of a feed, checked by hand, and a feed read back."""

import re
from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element, fromstring

ATOM = "{http://www.w3.org/2005/Atom}"

# Sections 4.1.1, 4.1.2 and 3.2: which elements stand once, at most once, and any number of times.
_ONCE = frozenset({"id", "title", "updated"})
_AT_MOST_ONCE = {
    "feed": frozenset({"generator", "icon", "logo", "rights", "subtitle"}),
    "entry": frozenset({"content", "published", "rights", "source", "summary"}),
}
_MANY = {"feed": frozenset({"author", "category", "contributor", "link", "entry"})}
_MANY["entry"] = _MANY["feed"] - {"entry"}
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_ABSOLUTE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:\S+")
_EMPTY = frozenset({"category", "link"})


def texts(element: Element, name: str) -> list[str]:
    """The texts of the children of this name."""
    return [child.text or "" for child in element.findall(ATOM + name)]


def entries(content: bytes) -> list[Element]:
    """The entries of a feed."""
    return fromstring(content).findall(f"{ATOM}entry")


def faults(content: bytes) -> list[str]:
    """What is wrong with a feed, by the rules of RFC 4287; raises where it is no XML."""
    root = fromstring(content)
    found = [] if root.tag == f"{ATOM}feed" else [f"the root is {root.tag}"]
    found += _faults(root, "feed")
    if not root.findall(f"{ATOM}author"):
        found.append("nobody is its author")
    for entry in root.findall(f"{ATOM}entry"):
        found += _faults(entry, "entry")
        alternates = [link for link in entry.findall(f"{ATOM}link") if link.get("rel", "alternate") == "alternate"]
        if not alternates and not entry.findall(f"{ATOM}content"):
            found.append("an entry has neither content nor a link to it")
    names = Counter(name for entry in root.findall(f"{ATOM}entry") for name in texts(entry, "id"))
    return found + [f"two entries have the id {name}" for name, number in names.items() if number > 1]


def _faults(element: Element, kind: str) -> Iterator[str]:
    names = Counter(child.tag.removeprefix(ATOM) for child in element)
    yield from (f"{kind} has {names[name]} of {name}" for name in _ONCE if names[name] != 1)
    yield from (f"{kind} has {names[name]} of {name}" for name in _AT_MOST_ONCE[kind] if names[name] > 1)
    yield from (f"{kind} has {name}" for name in names.keys() - _ONCE - _AT_MOST_ONCE[kind] - _MANY[kind])
    yield from (f"{day!r} is no time" for day in texts(element, "updated") if not _DATE.fullmatch(day))
    yield from (f"{name!r} is not absolute" for name in texts(element, "id") if not _ABSOLUTE.fullmatch(name))
    links = Counter(
        (link.get("rel", "alternate"), link.get("type"), link.get("hreflang"))
        for link in element.findall(f"{ATOM}link")
    )
    yield from (f"{kind} has two links {link}" for link, number in links.items() if number > 1)
    for child in element:
        yield from _faults_of_child(child, child.tag.removeprefix(ATOM))


def _faults_of_child(child: Element, name: str) -> Iterator[str]:
    if name in _EMPTY and (len(child) or child.text):
        yield f"{name} is not empty"
    if name == "link" and not child.get("href"):
        yield "a link leads nowhere"
    if name == "category" and not child.get("term"):
        yield "a category has no term"
    if name == "author" and ([one.tag for one in child] != [f"{ATOM}name"] or not child[0].text):
        yield "an author has no name"
