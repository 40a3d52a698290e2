"""A review as slides: one HTML file that holds all it needs and asks the network for nothing.

Every text is escaped, and the page's policy lets nothing run or load but its own style and script, by their digests. Compromise:
a slide holds so many lines and no more; what is long goes on to another slide.
"""

import hashlib
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

from jinja2 import DictLoader, Environment, StrictUndefined

from kb.review.review import Review
from kb.review.section import Block, Section
from kb.review.telling import sections, span_said

# So much is shown of what may be long, and so many letters on a slide.
_MOST, _ROOM = 6, 720
# What a short line takes all the same.
_LINE = 70
# What the file begins with, so that one of ours is known and no other is replaced.
BEGINNING = "<!DOCTYPE html>\n<!-- slides of kb review -->\n"
_POLICY = "default-src 'none'; style-src '{style}'; script-src '{script}'; base-uri 'none'; form-action 'none'"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a slide: `kind` is text, item or under."""

    kind: str
    said: str


@dataclass(frozen=True, slots=True)
class Slide:
    """A slide: `part` is the section, `title` what it is about there."""

    part: str
    title: str
    lines: tuple[Line, ...]
    ask: str = ""


def slides(review: Review) -> str:
    """Return the HTML file."""
    folder = files("kb.review")
    style, script = ((folder / name).read_text(encoding="utf-8") for name in ("slides.css", "slides.js"))
    loader = DictLoader({"slides": (folder / "slides.html").read_text(encoding="utf-8")})
    template = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return BEGINNING + template.get_template("slides").render(
        title=f"Learning review {review.quarter}",
        span=span_said(review),
        note=review.compared.note,
        slides=[slide for section in sections(review, _MOST) if not section.is_empty for slide in _slides(section)],
        style=style,
        script=script,
        policy=_POLICY.format(style=_digest(style), script=_digest(script)),
    )


def _digest(text: str) -> str:
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _slides(section: Section) -> Iterator[Slide]:
    """Yield the slides of a section: a new one for each heading, and where one is full."""
    made = [Slide(section.title, title, lines) for title, some in _headed(section) for lines in _filled(some)]
    ask = section.ask if section.is_asked else ""
    yield from made[:-1]
    yield from (Slide(one.part, one.title, one.lines, ask) for one in made[-1:])


def _headed(section: Section) -> Iterator[tuple[str, list[Line]]]:
    """Yield the lines under each heading, those before the first with the section's title."""
    title, lines = section.title, list[Line]()
    for block in section.blocks:
        if block.kind == "heading":
            if lines:
                yield title, lines
            title, lines = _said(block), []
        else:
            lines.append(Line(block.kind, _said(block)))
    if lines:
        yield title, lines


def _filled(lines: list[Line]) -> Iterator[tuple[Line, ...]]:
    """Yield as many lines as a slide has room for."""
    some, room = list[Line](), _ROOM
    for line in lines:
        takes = max(_LINE, len(line.said))
        if some and takes > room:
            yield tuple(some)
            some, room = [], _ROOM
        some.append(line)
        room -= takes
    yield tuple(some)


def _said(block: Block) -> str:
    return "".join(part if isinstance(part, str) else part.called for part in block.said)
