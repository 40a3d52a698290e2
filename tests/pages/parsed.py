"""HTML, read back: its elements, its words, and what is wrong with its form."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset(["br", "col", "hr", "img", "input", "link", "meta", "wbr"])
_ENDS_A_PARAGRAPH = frozenset(
    "article aside blockquote details div dl fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr main nav "
    "ol p pre section table ul".split()
)


@dataclass(frozen=True, slots=True)
class Element:
    tag: str
    attributes: dict[str, str]

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()


@dataclass(slots=True)
class Parsed:
    elements: list[Element] = field(default_factory=list)
    words: str = ""
    faults: list[str] = field(default_factory=list)

    def all(self, tag: str, css_class: str = "") -> list[Element]:
        return [e for e in self.elements if e.tag == tag and (not css_class or css_class in e.classes)]

    def values(self, attribute: str) -> list[str]:
        return [e.attributes[attribute] for e in self.elements if attribute in e.attributes]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parsed = Parsed()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if len(attributes) < len(attrs):
            self.fault(f"<{tag}> has an attribute twice")
        if tag in _ENDS_A_PARAGRAPH and "p" in self.open:
            self.fault(f"<{tag}> in a paragraph")
        self.parsed.elements.append(Element(tag, attributes))

    def handle_endtag(self, tag: str) -> None:
        if self.open[-1:] == [tag]:
            self.open.pop()
        else:
            self.fault(f"</{tag}> within {' '.join(self.open[-3:]) or 'nothing'}")

    def handle_data(self, data: str) -> None:
        self.parsed.words += data

    def handle_comment(self, data: str) -> None:
        self.fault(f"a comment: {data[:40]}")

    def handle_decl(self, decl: str) -> None:
        if decl.lower() != "doctype html":
            self.fault(f"a declaration: {decl[:40]}")

    def unknown_decl(self, data: str) -> None:
        self.fault(f"a declaration: {data[:40]}")

    def handle_pi(self, data: str) -> None:
        self.fault(f"an instruction: {data[:40]}")

    def fault(self, what: str) -> None:
        line, column = self.getpos()
        self.parsed.faults.append(f"{line}:{column} {what}")


def read(html: str) -> Parsed:
    """Read a fragment of HTML. Each id that stands twice is a fault too."""
    reader = _Reader()
    reader.feed(str(html))
    reader.close()
    parsed = reader.parsed
    parsed.faults += [f"<{tag}> is never closed" for tag in reader.open]
    ids = parsed.values("id")
    parsed.faults += [f"the id {one!r} stands twice" for one in sorted(set(ids)) if ids.count(one) > 1]
    return parsed
