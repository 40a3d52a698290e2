"""A review as plain text that can be read aloud, at most 80 columns wide.

Compromise: records are called by what they are, not by their ids; `kb review --json` has those.
"""

from collections.abc import Iterator
from textwrap import wrap

from kb.review.review import Review
from kb.review.section import Block, Said
from kb.review.telling import sections, span_said

WIDTH = 80
# So much is shown of what may be long.
_MOST = 10
_INDENT = {"text": ("", ""), "item": ("  - ", "    "), "under": ("      - ", "        ")}


def lines(review: Review) -> Iterator[str]:
    """Yield the review, line by line."""
    title = f"Learning review {review.quarter}"
    yield from (title, "=" * len(title), span_said(review))
    for section in (one for one in sections(review, _MOST) if not one.is_empty):
        yield from ("", section.title, "-" * len(section.title))
        previous = ""
        for block in section.blocks:
            yield from _block(block, previous)
            previous = block.kind
        if section.is_asked:
            yield from ("", f"? {section.ask}")


def _block(block: Block, previous: str) -> Iterator[str]:
    told = _said(block.said)
    if block.kind == "heading":
        yield from ([""] if previous else [])
        yield from _wrapped(told, "", "")
        return
    if previous and "text" in (block.kind, previous):
        yield ""
    yield from _wrapped(told, *_INDENT[block.kind])


def _wrapped(text: str, first: str, rest: str) -> list[str]:
    # An address or an id is worth more whole.
    return wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )


def _said(said: Said) -> str:
    return "".join(part if isinstance(part, str) else part.called for part in said)
