"""What a record's Markdown refers to and carries: links, `[[ids]]`, attachments, HTML that will not be published.

The text is scanned, not rendered, so that checking ten thousand records takes about ten seconds. Code is blanked out first, line
by line, so that an example of a script is no finding. Compromise: the scan may judge an odd corner of Markdown otherwise than
the renderer; it only reports, and what is published is decided by the renderer and the sanitiser alone.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape

# No pattern below may try one character in two ways: the text is whatever somebody wrote, up to a megabyte of it.
LINK = re.compile(
    r"\[\[\s*+([^\s\[\]|](?:[^\[\]|\n]{0,198}[^\s\[\]|])?)[^\S\n]*+"
    r"(?:\|\s*+([^\s\[\]](?:[^\[\]\n]{0,298}[^\s\[\]])?)[^\S\n]*+)?\]\]"
)
HUGO_REF = re.compile(r"\{\{<\s*(?:rel)?ref\s+\"?([^\s\">]+)\"?\s*>\}\}")
SCHEME = re.compile(r"([a-z][a-z0-9+.-]*+):", re.IGNORECASE)
SAFE_SCHEMES = frozenset({"http", "https", "mailto"})

_FENCE = re.compile(r"[ \t]*+(?:>[ \t]*+)*+([-*+][ \t]++|\d{1,9}[.)][ \t]++)?(`{3,}+|~{3,}+)(.*)")
_TICKS = re.compile(r"\n[ \t]*+(?=\n)|`++")
_LIST_ITEM = re.compile(r"\s*+(?:[-*+]|\d{1,9}[.)])\s")
_BRACKET = re.compile(r"\\.|[\[\]()]|\n[ \t]*+(?=\n)", re.DOTALL)
_TITLE = re.compile(r"(?<!\s)\s++[\"']")
_DEFINITION = re.compile(r"^ {0,3}\[(?!\^)[^\]\n]+\]:\s*+<?([^\s>]+)", re.MULTILINE)
_AUTOLINK = re.compile(r"<([a-z][a-z0-9+.-]*+:[^\s<>]+)>", re.IGNORECASE)
_UNSAFE_TAG = re.compile(
    r"<\s*+/?\s*+(script|style|iframe|frame|object|embed|applet|form|button|input|textarea|select|svg|math|link|meta|base|"
    r"template|noscript|audio|video|portal|dialog|plaintext|xmp|title)\b",
    re.IGNORECASE,
)
_HANDLER = re.compile(r"<[a-z][^<>]*?[\s/\"'](on[a-z]++|style|formaction|srcdoc)\s*+=", re.IGNORECASE)
_HTML_LINK = re.compile(
    r"<(a|img|area)\b[^<>]*?[\s/\"'](?:href|src)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++))", re.IGNORECASE
)
# Links inside the address of a link, and so on: nobody writes more, and what lies deeper is read once a level.
_MAX_NESTED = 8


@dataclass(frozen=True, slots=True)
class Link:
    """A Markdown or HTML link as written: address, whether it shows a picture, line counted from the text's first, 0."""

    address: str
    picture: bool
    line: int


def mask_code(text: str) -> str:
    """Return the text with code blanked out, each line in its place."""
    plain = "\n".join(_outside_code_blocks(text.split("\n")))
    parts, after = [], 0
    for start, end in _code_spans(plain):
        parts += [plain[after:start], re.sub(r"[^\n]", " ", plain[start:end])]
        after = end
    return "".join([*parts, plain[after:]])


def _outside_code_blocks(lines: list[str]) -> Iterator[str]:
    fenced = _fenced(lines)
    in_list, after_blank, indented = False, True, False
    for number, line in enumerate(lines):
        if number in fenced:
            yield ""
            continue
        indented = line.startswith(("    ", "\t")) and not in_list and (after_blank or indented)
        if line.strip() and not line.startswith((" ", "\t")):
            in_list = _LIST_ITEM.match(line) is not None
        after_blank = not line.strip()
        yield "" if indented else line


def _fenced(lines: list[str]) -> set[int]:
    """Return the numbers of the lines in fenced code. A fence that is never closed fences nothing."""
    marks = [(number, hit) for number, line in enumerate(lines) if (hit := _FENCE.match(line))]
    longest = {"`": 0, "~": 0}  # of the marks further down that can close a fence
    fences: list[tuple[int, str, bool, bool]] = []
    for number, hit in reversed(marks):
        mark, is_plain = hit[2], not hit[3].strip()
        opens = (is_plain or mark[0] == "~" or "`" not in hit[3]) and longest[mark[0]] >= len(mark)
        fences.append((number, mark, opens, is_plain and not hit[1]))
        if is_plain and not hit[1]:
            longest[mark[0]] = max(longest[mark[0]], len(mark))
    fenced: set[int] = set()
    first, fence = 0, ""
    for number, mark, opens, closes in reversed(fences):
        if fence and closes and mark.startswith(fence):
            fenced.update(range(first, number + 1))
            fence = ""
        elif not fence and opens:
            first, fence = number, mark
    return fenced


def _code_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of code between backticks: a run of them up to the next as long, within a paragraph."""
    paragraph: list[tuple[int, int]] = []
    for hit in _TICKS.finditer(text):
        if hit[0][0] == "`":
            paragraph.append(hit.span())
        else:
            yield from _paired(text, paragraph)
            paragraph = []
    yield from _paired(text, paragraph)


def _paired(text: str, runs: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    later: dict[int, int] = {}
    partner: list[int] = []
    for index in range(len(runs) - 1, -1, -1):
        length = runs[index][1] - runs[index][0]
        partner.append(later.get(length, 0))
        later[length] = index
    partner.reverse()
    index = 0
    while index < len(runs):
        start = runs[index][0]
        if partner[index] and text[start - 1 : start] != "\\":
            yield start, runs[partner[index]][1]
            index = partner[index]
        index += 1


def ids_in(text: str) -> Iterator[tuple[str, int]]:
    """Yield (id, line from 0) of each `[[id]]` in text without code."""
    line = _lines(text)
    return ((hit[1], line(hit.start())) for hit in LINK.finditer(text))


def links_in(text: str) -> Iterator[Link]:
    """Yield each link in text without code."""
    line = _lines(text)
    yield from (Link(address, picture, line(at)) for address, picture, at in _inline_links(text))
    for pattern in (_DEFINITION, _AUTOLINK):
        yield from (Link(hit[1], False, line(hit.start())) for hit in pattern.finditer(text))
    for hit in _HTML_LINK.finditer(text):
        yield Link(hit[2] or hit[3] or hit[4] or "", hit[1].lower() == "img", line(hit.start()))


def _inline_links(text: str) -> Iterator[tuple[str, bool, int]]:
    """Yield (address, whether it is a picture, position) of each `[text](address)`; brackets are paired in a paragraph."""
    labels: list[int] = []
    addresses: list[tuple[int, int | None]] = []
    label, label_end = 0, -1
    for hit in _BRACKET.finditer(text):
        at, sign = hit.start(), hit[0]
        if sign == "[":
            labels.append(at)
        elif sign == "]" and labels:
            label, label_end = labels.pop(), at + 1
        elif sign == "(":
            addresses.append((at + 1, label if label_end == at else None))
        elif sign == ")" and addresses:
            start, opened = addresses.pop()
            if opened is not None and len(addresses) < _MAX_NESTED:
                yield _address(text[start:at].strip()), text[opened - 1 : opened] == "!", opened
        elif sign[0] == "\n":
            labels, addresses = [], []


def _address(inside: str) -> str:
    if hit := HUGO_REF.match(inside):
        return hit[1]
    if inside.startswith("<"):
        return inside[1:].partition(">")[0]
    return _TITLE.split(inside, maxsplit=1)[0]


def scheme(address: str) -> str:
    """Return the scheme of an address in lower case, "" for a relative one. Blanks, controls and entities do not hide it."""
    hit = SCHEME.match(re.sub(r"[\x00-\x20]", "", unescape(address)))
    return hit[1].lower() if hit else ""


def unsafe_html(text: str) -> Iterator[tuple[str, int]]:
    """Yield (what, line from 0) of HTML in text without code that is not published."""
    line = _lines(text)
    for hit in _UNSAFE_TAG.finditer(text):
        yield f"<{hit[1].lower()}>", line(hit.start())
    for hit in _HANDLER.finditer(text):
        yield f"{hit[1].lower()}=", line(hit.start())


def _lines(text: str) -> Callable[[int], int]:
    ends = [hit.start() for hit in re.finditer("\n", text)]
    return lambda position: bisect_left(ends, position)
