"""The generated parts of a Markdown file: where they stand, whether somebody wrote into one, and how they are brought up to date.

A part stands between two lines of its own, `<!-- kb:review themes 1a2b3c4d5e6f -->` and `<!-- kb:end -->`. The digest is that of
what was generated, so that a part in which a person wrote is known and left alone. Compromise: such a part gets no newer facts
until the person empties it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b

from kb.errors import KbError

# Line ends and blanks after a marker are nobody's words. A line that nearly is one must not pass for text.
_BEGIN = re.compile(r"<!-- kb:review ([a-z]+)(?: ([0-9a-f]{12}))? -->[ \t]*\r?\n?")
_END = re.compile(r"<!-- kb:end -->[ \t]*\r?\n?")
_NEARLY = re.compile(r"\s*<!--\s*kb:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """A generated part: the numbers of its two marker lines, from 0; `is_ours` is False where somebody wrote into it."""

    key: str
    first: int
    last: int
    is_ours: bool


def marked(key: str, generated: str) -> str:
    """Return a part with its markers. What is generated ends with a line end and holds no line that begins like a marker."""
    return f"<!-- kb:review {key} {_digest(generated)} -->\n{generated}<!-- kb:end -->\n"


def _digest(text: str) -> str:
    # Git may change line ends on the way.
    return blake2b(text.replace("\r\n", "\n").encode(), digest_size=6).hexdigest()


def refreshed(text: str, after: int, generated: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """Bring the parts of a text up to date, and keep every byte outside of them.

    Args:
        text: the file.
        after: the number of the line, from 0, at which its body begins; markers before it are not looked for.
        generated: what each part should hold, by key.

    Returns:
        The new text, and the keys of the parts that were left alone because somebody wrote into them.

    Raises:
        KbError: the markers do not pair, or a part has a name that does not exist; with the line.
    """
    lines = text.split("\n")
    lines = [f"{line}\n" for line in lines[:-1]] + lines[-1:]
    found = list(_parts(lines, after))
    for part in found:
        if part.key not in generated:
            raise _wrong(part.first, f"there is no part `{part.key}`", f"Parts: {', '.join(generated)}.")
    for part in reversed(found):
        if part.is_ours:
            line_end = "\r\n" if lines[part.first].endswith("\r\n") else "\n"
            lines[part.first : part.last] = [_begin(part.key, generated[part.key], line_end)]
    return "".join(lines), tuple(part.key for part in found if not part.is_ours)


def _begin(key: str, generated: str, line_end: str) -> str:
    return marked(key, generated).removesuffix("<!-- kb:end -->\n").replace("\n", line_end)


def _parts(lines: list[str], after: int) -> Iterator[Part]:
    opened: tuple[str, str | None, int] | None = None
    for number, line in enumerate(lines[after:], after):
        if hit := _BEGIN.fullmatch(line):
            if opened:
                raise _wrong(number, f"a part begins inside the part `{opened[0]}` of line {opened[2] + 1}", _PAIR)
            opened = (hit[1], hit[2], number)
        elif _END.fullmatch(line):
            if opened is None:
                raise _wrong(number, "a part ends that has not begun", _PAIR)
            yield _part(lines, *opened, number)
            opened = None
        elif _NEARLY.match(line):
            raise _wrong(number, f"`{line.strip()[:60]}` is no marker", _PAIR)
    if opened:
        raise _wrong(opened[2], f"the part `{opened[0]}` has no end", _PAIR)


_PAIR = "A part stands between `<!-- kb:review NAME -->` and `<!-- kb:end -->`; delete both lines, or put back the missing one."


def _part(lines: list[str], key: str, digest: str | None, first: int, last: int) -> Part:
    held = "".join(lines[first + 1 : last])
    # Who empties a part asks for it again.
    return Part(key, first, last, not held.strip() or digest == _digest(held))


def _wrong(number: int, message: str, hint: str) -> KbError:
    return KbError(message, line=number + 1, hint=hint)
