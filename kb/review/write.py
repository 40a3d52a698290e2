"""The record of a review as a Markdown file: generated parts, and places for what people say between them.

The file is started once; later only the generated parts change, and every byte outside of them stays. Compromise: a part that
somebody deleted, with its markers, is not put back, and where the file is started is not asked: it is `reviews/<quarter>.md` in
the first folder of learnings, unless a record of that review exists elsewhere.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

from kb.catalogue.catalogue import Catalogue
from kb.errors import KbError
from kb.records.frontmatter import MAX_BYTES, Fault, read
from kb.records.prose import LINK
from kb.review.decided import KIND, quarter_said, record_of
from kb.review.parts import marked, refreshed
from kb.review.review import Review
from kb.review.section import Code, Ref, Said, Section, plain_line
from kb.review.telling import sections
from kb.text import slug, yaml_text
from kb.trends.quarter import Quarter

FOLDER = "reviews"
# So much is shown of what may be long.
_MOST = 20
# What stands there for people and is not generated.
_OPEN = "decisions"
# An underscore inside a word is one.
_MARKUP = re.compile(r"[\\`*\[\]|~{}]|(?<![^\W_])_|_(?![^\W_])")
# What turns round what is shown; a title that holds it would be a finding here too.
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
# What would begin a list, a heading or another block where a line begins.
_LEADING = re.compile(r"[#+\-=:!?]|\d+[.)](?:\s|$)")
_LISTED = frozenset({"item", "under"})
_INDENT = {"text": "", "heading": "### ", "item": "- ", "under": "    - "}


@dataclass(frozen=True, slots=True)
class Written:
    """A new content of the file. `kept` are the titles of the parts that were left alone because somebody wrote into them."""

    content: bytes
    kept: tuple[str, ...]


def place(catalogue: Catalogue, quarter: Quarter) -> str:
    """Return the path of a review's record, relative to the knowledge base: where it is, or where it would be started.

    Raises:
        KbError: a record of another kind stands there, or another record has its id.
    """
    if known := record_of(catalogue, quarter):
        return known.path
    path = f"{catalogue.config.folders.learning[0].rstrip('/')}/{FOLDER}/{quarter}.md"
    for record in catalogue.records.values():
        if record.path == path:
            raise KbError(
                _why_another(catalogue, record.id), path=path, hint="Rename it, or correct `kind` and `quarter`."
            )
        if slug(str(quarter)) in map(slug, (record.id, *record.aliases)):
            raise KbError(f"the id `{quarter}` is that of {record.path}", hint="Rename that record.")
    return path


def _why_another(catalogue: Catalogue, record_id: str) -> str:
    record = catalogue.records[record_id]
    kind = getattr(record, "kind", None) or record.kind_of_record
    if kind != KIND:
        return f"its kind is `{kind}`, not `{KIND}`"
    said = quarter_said(record)  # type: ignore[arg-type]
    return f"its quarter is {said}" if said else "it names no quarter such as `2021-Q4`"


def started(review: Review) -> Written:
    """Return the content of a new file.

    Raises:
        KbError: it would hold what no record may hold.
    """
    _refuse_early(review)
    body = "\n".join(_file(review))
    return Written(_checked(f"{_head(review)}\n{body}".encode(errors="surrogatepass"), review), ())


def updated(review: Review, content: bytes) -> Written:
    """Return the content of a file with its generated parts brought up to date.

    Raises:
        KbError: the file is no record, or its markers do not pair.
    """
    try:
        raw = read(content)
    except Fault as fault:
        raise KbError(fault.message, line=fault.line, hint=fault.hint or "`kb check` says more.") from fault
    text = content.decode()
    if re.search(r"\r(?!\n)", text):
        raise KbError("some of its lines end with a carriage return alone", hint="Save it with LF line ends.")
    found = _told(review)
    generated = {key: _markdown(section) for key, section in found.items() if key != _OPEN}
    new, kept = refreshed(text, raw.body_line - 1, generated)
    return Written(_checked(new.encode(), review), tuple(found[key].title for key in kept))


def _told(review: Review) -> Mapping[str, Section]:
    _refuse_early(review)
    return {section.key: section for section in sections(review, _MOST)}


def _refuse_early(review: Review) -> None:
    if not review.has_begun:
        raise KbError(f"{review.quarter} has not begun, so there is nothing to write down", hint="Name an earlier one.")


def _checked(content: bytes, review: Review) -> bytes:
    if len(content) > MAX_BYTES:
        raise KbError(f"the record of {review.quarter} would be larger than a record may be", hint="Shorten it.")
    try:
        read(content)
    except Fault as fault:
        raise KbError(f"the record of {review.quarter} cannot be written: {fault.message}", hint=fault.hint) from fault
    return content


def _head(review: Review) -> str:
    day = review.catalogue.today.isoformat()
    return "\n".join(
        [
            "---",
            f"title: {yaml_text(f'Review of {review.quarter}')}",
            f"kind: {KIND}",
            f"quarter: {review.quarter}",
            f"date: {day}",
            "decisions: []",
            "---",
            "",
        ]
    )


def _file(review: Review) -> Iterator[str]:
    for section in _told(review).values():
        yield f"## {section.title}\n"
        if section.key == _OPEN:
            yield "*What did we decide, who does it, and by when? One line each in `decisions` at the head of this file.*\n"
            return
        yield marked(section.key, _markdown(section))
        if section.ask:
            yield f"*{section.ask}*\n"
        if section.key == "themes":
            yield from _investments(review)


def _investments(review: Review) -> Iterator[str]:
    """Yield a place for the proposed investment of each theme."""
    yield "### Proposed investments\n"
    if review.topics:
        yield "".join(f"- **{_plain(plain_line(topic.label))}**:\n" for topic in review.topics)


def _markdown(section: Section) -> str:
    """Return what stands between the markers, with an empty line around all but the items of one list."""
    lines = [""]
    for previous, block in zip((None, *section.blocks), section.blocks, strict=False):
        if previous and not {previous.kind, block.kind} <= _LISTED:
            lines.append("")
        lines.append(_INDENT[block.kind] + _leading(_said(block.said)))
    return "\n".join([*lines, "", ""])


def _said(said: Said) -> str:
    return "".join(_plain(part) if isinstance(part, str) else _spelt(part) for part in said)


def _spelt(part: Ref | Code) -> str:
    if isinstance(part, Code):
        return part.called if "`" not in part.text else _plain(part.text)
    link = f"[[{part.id}]]"
    # An id that no link can hold is rare, and called by what it is.
    return link if LINK.fullmatch(link) else _plain(part.called)


def _plain(text: str) -> str:
    """Return text that Markdown shows as it is."""
    return _MARKUP.sub(_escaped, escape(_BIDI.sub("", text), quote=False))


def _escaped(hit: re.Match[str]) -> str:
    return f"\\{hit[0]}"


def _leading(line: str) -> str:
    hit = _LEADING.match(line)
    return line if hit is None else f"&#{ord(line[0])};{line[1:]}"
