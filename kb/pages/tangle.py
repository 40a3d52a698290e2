"""Text that a Markdown renderer would chew on for half a minute and longer, told apart by counting.

Python-Markdown compares each bracket with all that follows it, and the lines of a block with one another, and it calls
itself once a level of nesting. What exceeds the limits here is shown as it was written instead. They are counts and not
seconds, so that a page is the same on every machine. Compromise: they are far beyond what anybody writes by hand, and a text
just below them may take a second.
"""

import re
from collections.abc import Callable
from html import escape
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

MAX_FENCES = 2_000
MAX_DEPTH = 24
MAX_STARTS = 200
MAX_NOTES = 500
# In one paragraph, cell or item: what is compared with all that follows, what is only looked at, and characters.
MAX_OPENINGS, MAX_SIGNS, MAX_LENGTH = 200, 2_000, 50_000

_FENCE = re.compile(r"`{3,}+|~{3,}+")
_LEVEL = re.compile(r"[ \t]*+(?:(?:>|(?:[-*+:]|\d{1,9}[.)])(?=[ \t]))[ \t]*+)*+")
_MARKER = re.compile(r"[>*+:-]|\d[.)]|\t| {4}")
_START = re.compile(r"[ \t]*+(?:#|[=-]++[ \t]*+$|!!!|\?\?\?|:|\[[^\[\]\n]{1,300}\]:|```|~~~)")
_SIGN = re.compile(r"[`*_<&\\!:@]")


def has_many_fences(text: str) -> bool:
    """Tell whether a text holds more fences than anybody would write."""
    return sum(1 for _ in _FENCE.finditer(text)) > MAX_FENCES


def is_tangled(text: str) -> bool:
    """Tell whether a text nests too deep, or begins too many things without a blank line between them."""
    starts, was_quote = 0, False
    for line in text.split("\n"):
        is_quote = line.lstrip().startswith(">")
        begins = (is_quote and not was_quote) or _START.match(line) is not None
        starts, was_quote = (starts + begins if line.strip() else 0), is_quote
        if starts > MAX_STARTS or _depth(line) > MAX_DEPTH:
            return True
    return text.count("[^") > MAX_NOTES


def _depth(line: str) -> int:
    hit = _LEVEL.match(line)
    return len(_MARKER.findall(hit[0])) if hit else 0


def is_knotted(text: str) -> bool:
    """Tell whether a paragraph, cell or item holds more signs than its words could need."""
    if max(text.count("["), text.count("~")) > MAX_OPENINGS:
        return True
    return len(text) > MAX_LENGTH or len(_SIGN.findall(text)) > MAX_SIGNS


class Tangles(Preprocessor):
    """Shows a text for which `is_too_much` as it was written, but for the code that was taken out of it before."""

    def __init__(self, md: Markdown, is_too_much: Callable[[str], bool]) -> None:
        super().__init__(md)
        self._is_too_much = is_too_much

    def run(self, lines: list[str]) -> list[str]:
        """Return the lines, or one that stands for all of them."""
        text = "\n".join(lines)
        return [self.md.htmlStash.store(f"<pre>{escape(text)}</pre>")] if self._is_too_much(text) else lines


class Knots(Treeprocessor):
    """Keeps what is knotted as it was written, before it would be searched for links and emphasis."""

    def run(self, root: Element) -> None:
        """Mark each text of the tree that is knotted."""
        for parent in list(root.iter()):
            if parent.text and is_knotted(parent.text):
                parent.text = AtomicString(parent.text)
            for child in [c for c in parent if c.tail and is_knotted(c.tail)]:
                parent.insert(list(parent).index(child) + 1, _plain(child))


def _plain(child: Element) -> Element:
    """Return an element that holds what stands after `child`, which an element of its own can keep as it is."""
    element = Element("span")
    element.text, child.tail = AtomicString(child.tail or ""), None
    return element
