"""A record's Markdown -> HTML that cannot run, and short texts -> the same, inline.

Markdown and its extensions produce HTML; nh3 cleans it last, by a list of what is allowed. Tags outside that list are
not dropped but shown as the text they are (`<namespace>` in a runbook is meant to be read). Ids that a record chooses get a
prefix, so that none can stand for a part of the page. Compromise: block HTML is read inline, which loses nothing that the
allowed tags can express.
"""

import re
from collections.abc import Callable
from html import escape, unescape
from typing import Any, NamedTuple
from urllib.parse import quote
from xml.etree.ElementTree import Element

import nh3
from markdown import Extension, Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markupsafe import Markup as Safe
from pygments.token import STANDARD_TYPES

from kb.pages.tangle import Knots, Tangles, has_many_fences, is_tangled
from kb.records.prose import HUGO_REF, LINK, SAFE_SCHEMES, scheme
from kb.text import slug

# What records may use; the README names the same list.
EXTENSIONS = (
    "tables",
    "def_list",
    "footnotes",
    "admonition",
    "pymdownx.superfences",
    "pymdownx.highlight",
    "pymdownx.details",
    "pymdownx.tasklist",
    "pymdownx.magiclink",
    "pymdownx.tilde",
)
_CONFIG: dict[str, dict[str, Any]] = {
    "pymdownx.highlight": {"use_pygments": True, "guess_lang": False, "anchor_linenums": False},
    "pymdownx.superfences": {"disable_indented_code_blocks": False, "custom_fences": []},
    "pymdownx.magiclink": {"hide_protocol": False},
    "footnotes": {"BACKLINK_TEXT": "back"},
    "tables": {"use_align_attribute": True},
}

ID_PREFIX = "r-"
_TAGS = set(
    "a abbr b blockquote br caption cite code dd del details dfn div dl dt em figcaption figure h2 h3 h4 h5 h6 hr i img ins "
    "kbd li mark ol p pre q s samp small span strong sub summary sup table tbody td tfoot th thead tr u ul var".split()
)
_RAW_TAGS = _TAGS - {"h2", "h3", "h4", "h5", "h6"}
_NOTES = set(
    "note abstract info tip success question warning failure danger bug example quote admonition admonition-title".split()
)
_RECORD = "kb-record/"
_IMAGE = re.compile("<img[^>]*>")
# Text never holds a `<` once it is cleaned, so this meets tags only. Whatever an input was, it becomes a step to tick.
_INPUT = re.compile("<input[^>]*>")
_UNCHECKED = '<input type="checkbox" disabled aria-label="Step">'
_CHECKED = '<input type="checkbox" checked disabled aria-label="Step">'

Resolve = Callable[[str], str | None]


class Target(NamedTuple):
    """What an id means: the uri of its page, what it is called in a sentence, and its title where that says more."""

    uri: str
    label: str
    title: str = ""


Find = Callable[[str], Target | None]


class Cleaner:
    """Cleans HTML. `resolve` turns a relative address of the text into one of the site, or None to drop it."""

    def __init__(self) -> None:
        self.resolve: Resolve = lambda address: None
        self._ids: set[str] = set()
        self._nh3 = nh3.Cleaner(
            tags=_TAGS | {"input"},
            clean_content_tags={"script", "style"},
            attributes={
                "a": {"href", "title"},
                "img": {"src", "alt", "title", "width", "height"},
                "abbr": {"title"},
                "details": {"open"},
                "input": {"type", "checked"},
                "li": {"id"},
                "sup": {"id"},
                "ol": {"start"},
                "td": {"colspan", "rowspan", "align"},
                "th": {"colspan", "rowspan", "align"},
                **{f"h{n}": {"id"} for n in range(2, 7)},
            },
            allowed_classes={
                "span": {name for name in STANDARD_TYPES.values() if name} | {"kb-missing", "filename", "hll"},
                "a": {"kb-ref", "footnote-ref", "footnote-backref"},
                "div": _NOTES | {"highlight", "footnote", "footnotes"},
                "details": _NOTES,
                "p": {"admonition-title"},
                "ul": {"task-list"},
                "li": {"task-list-item"},
            },
            attribute_filter=self._attribute,
            url_schemes=set(SAFE_SCHEMES),
            url_relative=self._relative,
            link_rel="noopener noreferrer",
            id_prefix=ID_PREFIX,
        )

    def clean(self, html: str, resolve: Resolve) -> str:
        """Return the HTML with only what is allowed left in it."""
        self.resolve = resolve
        self._ids.clear()
        clean = self._nh3.clean(html).replace("<p></p>", "")
        clean = _INPUT.sub(lambda hit: _CHECKED if " checked" in hit[0] else _UNCHECKED, clean)
        return _IMAGE.sub(_picture, clean)

    def _attribute(self, tag: str, name: str, value: str) -> str | None:
        if name == "id":
            return self._id(tag, value)
        if name == "src" and (scheme(value) or value.startswith("//")):
            return None  # a picture on another host would be a request to it
        return value

    def _id(self, tag: str, value: str) -> str | None:
        """Keep the ids of headings and footnotes, each once; a record's own would only stand in their way."""
        if value in self._ids or (
            tag in ("li", "sup") and not value.startswith((f"{ID_PREFIX}fn:", f"{ID_PREFIX}fnref"))
        ):
            return None
        self._ids.add(value)
        return value

    def _relative(self, address: str) -> str | None:
        if address.startswith("#"):
            return f"#{ID_PREFIX}{address[1:].removeprefix(ID_PREFIX)}"
        if address.startswith(("//", "/")):
            return None
        return self.resolve(address)


def _picture(hit: re.Match[str]) -> str:
    """Drop a picture without an address, and give one without words the empty ones that readers aloud skip."""
    if " src=" not in hit[0]:
        return ""
    return hit[0] if " alt=" in hit[0] else f'<img alt=""{hit[0][4:]}'


class _Comments(Preprocessor):
    """Drops comments and reads Hugo's `ref`, outside of code spans."""

    # A comment that is never closed is no comment; it is read to the end, so that none after it is tried.
    _PART = re.compile(r"(?<!`)(`+)(?!`)(?:.+?)(?<!`)\1(?!`)|<!--(?:.*?-->|(.*))|" + HUGO_REF.pattern, re.DOTALL)

    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines)
        if "<!--" not in text and "{{<" not in text:
            return lines
        return self._PART.sub(lambda hit: hit[0] if hit[1] or hit[2] is not None else hit[3] or "", text).split("\n")


# A quote that is opened is closed: else the rest of the page would be read as part of the tag.
_TAG = r"""</?([a-zA-Z][a-zA-Z0-9]*+)(?:\s(?:[^<>"']|"[^"<]*+"|'[^'<]*+')*+)?/?>"""


class _Html(InlineProcessor):
    """Keeps tags that are allowed; everything else that looks like a tag stays text."""

    def handleMatch(  # type: ignore[override]  # noqa: N802  Python-Markdown's name
        self, m: re.Match[str], data: str
    ) -> tuple[str | None, int | None, int | None]:
        if m[1].lower() not in _RAW_TAGS:
            return None, None, None
        return self.md.htmlStash.store(m[0]), m.start(0), m.end(0)


class _Reference(InlineProcessor):
    """`[[id]]` and `[[id|text]]`. The target is looked up by `find(name)`."""

    find: Find = staticmethod(lambda name: None)

    def __init__(self, pattern: str, md: Markdown) -> None:
        super().__init__(pattern, md)
        self.addresses: set[str] = set()

    def handleMatch(  # type: ignore[override]  # noqa: N802  Python-Markdown's name
        self, m: re.Match[str], data: str
    ) -> tuple[Element, int, int]:
        found = self.find(m[1])
        if found is None:
            element = Element("span", {"class": "kb-missing"})
            element.text = m[2] or m[1]
        else:
            address = _RECORD + quote(found.uri, safe="/#")
            self.addresses.add(address)
            element = Element("a", {"class": "kb-ref", "href": address})
            if found.title:
                element.set("title", found.title)
            element.text = m[2] or found.label
        return element, m.start(0), m.end(0)


class _Outline(Treeprocessor):
    """Gives headings ids and moves them below the page's own; turns pictures on other hosts into links."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self.headings: list[tuple[int, str, str]] = []

    def run(self, root: Element) -> None:
        seen: dict[str, int] = {}
        for element in root.iter():
            if element.tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
                self._heading(element, seen)
            elif element.tag == "img" and (scheme(src := element.get("src", "")) or src.startswith("//")):
                self._picture(element, src)

    def _heading(self, element: Element, seen: dict[str, int]) -> None:
        level = max(2, int(element.tag[1]))
        text = self._plain("".join(element.itertext()))
        name = ID_PREFIX + _free(slug(text)[:80], seen)
        element.tag = f"h{level}"
        element.set("id", name)
        self.headings.append((level, text, name))

    def _plain(self, text: str) -> str:
        stash = self.md.htmlStash
        return unescape(re.sub("\x02[^\x03]*\x03", lambda hit: _stashed(stash, hit[0]), text)).strip()

    @staticmethod
    def _picture(element: Element, src: str) -> None:
        element.tag = "a"
        element.text = f"picture: {element.get('alt') or src}"
        element.attrib.clear()
        element.set("href", src)


def _free(name: str, seen: dict[str, int]) -> str:
    """Return the name, with a number where it is not the first of its kind. `seen` has the last number of each."""
    number, free = seen.get(name, 0) + 1, name
    while number > 1 and (free := f"{name}-{number}") in seen:
        number += 1
    seen[name] = number
    seen.setdefault(free, 1)
    return free


def _stashed(stash: Any, placeholder: str) -> str:
    hit = re.fullmatch("\x02wzxhzdk:([0-9]+)\x03", placeholder)
    if hit is None:
        code = re.fullmatch("\x02([0-9]+)\x03", placeholder)  # an escaped character
        return chr(int(code[1])) if code else ""
    return re.sub("<[^>]*>", "", str(stash.rawHtmlBlocks[int(hit[1])]))


class _Records(Extension):
    """Puts the parts above into Python-Markdown, and takes its own raw HTML out."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802  Python-Markdown's name
        md.preprocessors.deregister("html_block")
        md.preprocessors.register(_Comments(md), "kb_comments", 20)
        md.preprocessors.register(Tangles(md, has_many_fences), "kb_fences", 26)
        md.preprocessors.register(Tangles(md, is_tangled), "kb_tangles", 10)  # when fenced code is out of the way
        md.inlinePatterns.deregister("html")
        md.inlinePatterns.register(_Html(_TAG, md), "kb_html", 90)
        md.inlinePatterns.register(_Reference(LINK.pattern, md), "kb_reference", 175)
        md.treeprocessors.register(Knots(md), "kb_knots", 25)
        md.treeprocessors.register(_Outline(md), "kb_outline", 5)


Heading = tuple[int, str, str]


class Markup:
    """Renders records. One is made for a build and used for every record; it is not safe for several threads.

    Args:
        find: turns an id or alias into what it means, or None.
        url: turns a uri into an address relative to the top of the site.
    """

    def __init__(self, find: Find, url: Callable[[str], str]) -> None:
        self._find, self._url = find, url
        self._md = Markdown(extensions=[*EXTENSIONS, _Records()], extension_configs=_CONFIG, output_format="html")
        reference: Any = self._md.inlinePatterns["kb_reference"]
        reference.find = find
        self._references: set[str] = reference.addresses
        self._outline: Any = self._md.treeprocessors["kb_outline"]
        self._cleaner = Cleaner()

    def block(self, text: str, top: str, resolve: Resolve) -> tuple[Safe, tuple[Heading, ...]]:
        """Return the HTML of a record's body and its headings, as (level, text, id).

        `top` leads from the page to the top of the site; `resolve` turns a relative address in the text into an address
        relative to that top, or None.
        """
        self._outline.headings = []
        self._references.clear()
        html = self._md.reset().convert(text)
        clean = self._cleaner.clean(html, lambda address: self._resolve(address, top, resolve))
        return Safe(clean), tuple(self._outline.headings)

    def _resolve(self, address: str, top: str, resolve: Resolve) -> str | None:
        if address in self._references:
            return top + self._url(address.removeprefix(_RECORD))
        found = resolve(address)
        return None if found is None else top + found

    def inline(self, text: str | None, top: str) -> Safe:
        """Return a sentence as HTML: code spans, `[[ids]]`, links and emphasis work; all else is text."""
        if not text:
            return Safe("")
        return Safe(_INLINE.sub(lambda hit: self._token(hit, top), escape(text, quote=False)))

    def _token(self, hit: re.Match[str], top: str) -> str:
        if hit["code"]:
            return f"<code>{hit['code']}</code>"
        if hit["id"]:
            return self._id(unescape(hit["id"]), hit["text"], top)
        if hit["url"]:
            return _anchor(hit["url"], hit["label"])
        if hit["bare"]:
            return _anchor(hit["bare"], hit["bare"])
        return f"<strong>{hit['bold']}</strong>" if hit["bold"] else f"<em>{hit['em']}</em>"

    def _id(self, name: str, text: str | None, top: str) -> str:
        found = self._find(name)
        if found is None:
            return f'<span class="kb-missing">{text or escape(name)}</span>'
        title = f' title="{escape(found.title)}"' if found.title else ""
        return f'<a class="kb-ref" href="{escape(top + self._url(found.uri))}"{title}>{text or escape(found.label)}</a>'


_INLINE = re.compile(
    r"(?<!`)`(?P<code>[^`\n]+)`(?!`)"
    r"|\[\[\s*(?P<id>[^\[\]|\n]{1,200}?)\s*(?:\|\s*(?P<text>[^\[\]\n]{1,300}?)\s*)?\]\]"
    r"|\[(?P<label>[^\[\]\n]{1,300})\]\((?P<url>https?://[^\s()]+)\)"
    r"|(?P<bare>https?://(?:&amp;|[^\s<>\"'&])*(?:&amp;|[^\s<>\"'&.,;:!?)]))"
    r"|\*\*(?P<bold>[^*\n]{1,300})\*\*"
    r"|(?<![\w*])\*(?P<em>[^*\s][^*\n]{0,300}?)\*(?![\w*])"
)


def _anchor(url: str, label: str) -> str:
    return f'<a href="{url.replace(chr(34), "%22")}" rel="noopener noreferrer">{label}</a>'
