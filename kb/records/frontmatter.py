"""Bytes -> fields with their line numbers: the one strict reader.

What this reader accepts is all that the rest of the program ever sees, so it refuses what different YAML readers read
differently: anchors, tags, duplicate keys, near-miss fences. It walks libyaml's events, so that nothing is expanded or
recursed into before it is checked. Every scalar stays the text that was written (`no`, `1.10` and `2024-02-30` are
text); the model decides what a field means. Compromise: no YAML types at all, in exchange for no surprises.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import frontmatter
import yaml
from frontmatter.default_handlers import BaseHandler

MAX_BYTES = 1 << 20
MAX_DEPTH = 12
MAX_VALUES = 20_000

Path = tuple[str | int, ...]
Value = None | str | list["Value"] | dict[str, "Value"]
_Built = tuple[dict[str, Value], dict[Path, int], list[tuple[str, int | None, str]]]

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_TEXT_TAG = "tag:yaml.org,2002:str"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ESCAPED_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_OTHER_BREAK = re.compile("[\x85\u2028\u2029]")
_BLANK_LINES = re.compile(r"(?:[ \t]*+\n)*+")
_NEAR_FENCE = re.compile("[\\s\ufeff\u200b-\u200d\u2060]*(?:[-\u2010-\u2015\u2212]{2,}|[\u2013\u2014]|\\+{3,})\\s*$")
_FENCE_AND_MORE = re.compile("[\\s\ufeff\u200b-\u200d\u2060]*---")
_BOMS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class Fault(Exception):  # noqa: N818  a finding in the making, not an error of the program
    """What makes a file unreadable: a finding's code, line (1-based) and message."""

    def __init__(self, code: str, line: int | None, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code, self.line, self.message, self.hint = code, line, message, hint


@dataclass(frozen=True, slots=True)
class Raw:
    """A file as read: its fields, the line of each value by its path, its body and the line where that begins.

    `notes` are findings that do not keep it from being read, as (code, line, message).
    """

    fields: dict[str, Value]
    lines: dict[Path, int]
    body: str
    body_line: int
    notes: tuple[tuple[str, int | None, str], ...] = ()


def read(data: bytes) -> Raw:
    """Read one file's bytes.

    Raises:
        Fault: the bytes cannot be a record; the first reason found.
    """
    if len(data) > MAX_BYTES:
        raise Fault("too-large", None, f"the file is {len(data):,} bytes; a record has at most {MAX_BYTES:,}")
    text, notes = _decode(data)
    if not _has_fence(text):
        return Raw({}, {}, text, 1, (*notes, ("no-frontmatter", 1, "the file has no frontmatter")))
    handler = _StrictYaml()
    fields, _ = frontmatter.parse(text, handler=handler)
    return Raw(
        cast("dict[str, Value]", fields), handler.lines, handler.body, handler.body_line, (*notes, *handler.notes)
    )


def _decode(data: bytes) -> tuple[str, tuple[tuple[str, int | None, str], ...]]:
    notes: list[tuple[str, int | None, str]] = []
    if encoding := _BOMS.get(data[:2]):
        raise Fault("not-utf8", 1, f"the file is {encoding}, not UTF-8", "Save it as UTF-8.")
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
        notes.append(("byte-order-mark", 1, "the file begins with a byte order mark"))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Fault("not-utf8", line, f"byte 0x{data[error.start]:02x} is not UTF-8") from error
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        notes.append(("carriage-return", 1, "the file has Windows line ends"))
    if hit := _CONTROL.search(text):
        raise Fault(
            "control-character", _line(text, hit.start()), f"the character U+{ord(hit[0]):04X} does not belong in text"
        )
    if hit := _BIDI.search(text):
        notes.append(
            ("hidden-character", _line(text, hit.start()), f"the character U+{ord(hit[0]):04X} reorders what is shown")
        )
    return text, tuple(notes)


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _has_fence(text: str) -> bool:
    """Tell whether the text begins with an exact fence; a near miss is a fault, since its fields would be published."""
    if text.startswith("---\n") or text == "---":
        return True
    for number, line in enumerate(text.split("\n", 20)[:20], 1):
        is_near = _NEAR_FENCE.match(line) is not None
        if (is_near and number == 1) or ((is_near or _FENCE_AND_MORE.match(line)) and _is_field(text, number)):
            where = "on the first line" if number == 1 else f"on line {number}, not on the first"
            raise Fault(
                "bad-fence",
                number,
                f"the frontmatter's fence stands {where} as {line[:40]!r}; it must be exactly '---'",
            )
        if line.strip():
            return False
    return False


def _is_field(text: str, number: int) -> bool:
    following = text.split("\n", number + 1)
    return len(following) > number and re.match(r"[\w.-]+\s*:", following[number]) is not None


class _StrictYaml(BaseHandler):
    """The handler that python-frontmatter drives: splits at exact fences, loads through events."""

    FM_BOUNDARY = re.compile(r"^---$", re.MULTILINE)
    START_DELIMITER = END_DELIMITER = "---"

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[Path, int] = {}
        self.notes: list[tuple[str, int | None, str]] = []
        self.body, self.body_line = "", 1

    def split(self, text: str) -> tuple[str, str]:
        end = text.find("\n---", 3)
        while end != -1 and text[end + 4 : end + 5] not in ("\n", ""):
            self._refuse_near_end(text, end)
            end = text.find("\n---", end + 4)
        if end == -1:
            raise Fault("bad-fence", 1, "the frontmatter that begins here is never closed", "End it with a line `---`.")
        block, body = text[4 : end + 1], text[end + 5 :]
        # Only whole lines are blank here: the indent of a first line may make it code.
        blank = _BLANK_LINES.match(body)
        self.body = body[blank.end() if blank else 0 :].rstrip()
        self.body_line = text.count("\n", 0, end + 5) + (blank[0].count("\n") if blank else 0) + 1
        return block, body

    @staticmethod
    def _refuse_near_end(text: str, end: int) -> None:
        line = text[end + 1 : text.find("\n", end + 1) if "\n" in text[end + 1 :] else len(text)]
        if _NEAR_FENCE.match(line):
            raise Fault("bad-fence", _line(text, end) + 1, f"the fence {line[:40]!r} must be exactly '---'")

    def load(self, fm: str) -> dict[str, Value]:
        fields, self.lines, self.notes = _load(fm)
        return fields

    def format(self, post: object, **kwargs: object) -> str:
        raise NotImplementedError  # records are written by kb.records.write


def _load(block: str) -> _Built:
    lines = _Lines([hit.start() for hit in _OTHER_BREAK.finditer(block)])
    try:
        return _Builder(yaml.parse(block, Loader=_Loader), lines).build()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = (error.problem or "not valid YAML").replace("\n", " ")
        raise Fault("yaml-syntax", lines.at(mark) if mark else 1, message) from error
    except yaml.YAMLError as error:
        # A character that YAML does not allow; its place is counted in bytes.
        before = block.encode()[: getattr(error, "position", 0)]
        raise Fault("yaml-syntax", before.count(b"\n") + 2, str(error).splitlines()[0]) from error


@dataclass(frozen=True, slots=True)
class _Lines:
    """Turns libyaml's marks into lines of the file. `other_breaks` are where it sees a line end and editors see none."""

    other_breaks: list[int]

    def at(self, mark: Any) -> int:
        # The fence is line 1 of the file, so what libyaml counts from 0 is two less than the file's own count.
        return int(mark.line) + 2 - bisect_left(self.other_breaks, mark.index)


@dataclass(slots=True)
class _Builder:
    """Folds libyaml's events into plain values, without recursion."""

    events: Iterator[Any]
    at_line: _Lines
    lines: dict[Path, int] = field(default_factory=dict)
    notes: list[tuple[str, int | None, str]] = field(default_factory=list)

    def build(self) -> _Built:
        root: dict[str, Value] = {}
        stack: list[_Open] = []
        values = documents = 0
        for event in self.events:
            kind = type(event)
            if kind is yaml.ScalarEvent or kind in (yaml.MappingStartEvent, yaml.SequenceStartEvent):
                values += 1
                self._refuse(event, len(stack), values)
                documents += not stack
                if not stack and (kind is not yaml.MappingStartEvent or documents > 1):
                    if kind is yaml.ScalarEvent and event.implicit[0] and event.value in _NULLS:
                        continue
                    raise Fault(
                        "yaml-not-a-mapping", self._at(event), "the frontmatter is not a list of `name: value` fields"
                    )
                self._place(event, stack, root)
            elif kind in (yaml.MappingEndEvent, yaml.SequenceEndEvent):
                stack.pop()
            elif kind is yaml.AliasEvent:
                raise Fault("yaml-anchor", self._at(event), f"the alias `*{event.anchor[:60]}` is not allowed")
        return root, self.lines, self.notes

    def _at(self, event: Any) -> int:
        return self.at_line.at(event.start_mark)

    def _refuse(self, event: Any, depth: int, values: int) -> None:
        if event.anchor:
            raise Fault("yaml-anchor", self._at(event), f"the anchor `&{event.anchor[:60]}` is not allowed")
        if event.tag and event.tag != _TEXT_TAG and event.tag != "!":
            raise Fault("yaml-tag", self._at(event), f"the tag `{event.tag[:60]}` is not allowed")
        if depth > MAX_DEPTH or values > MAX_VALUES:
            what = f"deeper than {MAX_DEPTH} levels" if depth > MAX_DEPTH else f"more than {MAX_VALUES:,} values"
            raise Fault("yaml-depth", self._at(event), f"the frontmatter is {what}")
        if type(event) is yaml.ScalarEvent and event.style == '"':
            self._refuse_escapes(event)

    def _refuse_escapes(self, event: Any) -> None:
        """Refuse what cannot be typed but can be written as an escape, such as `"\\0"`."""
        if hit := _ESCAPED_CONTROL.search(event.value):
            message = f"the character U+{ord(hit[0]):04X} does not belong in text"
            raise Fault("control-character", self._at(event), message)
        if hit := _BIDI.search(event.value):
            self.notes.append(
                ("hidden-character", self._at(event), f"the character U+{ord(hit[0]):04X} reorders what is shown")
            )

    def _place(self, event: Any, stack: list["_Open"], root: dict[str, Value]) -> None:
        if not stack:
            stack.append(_Open(root, ()))
            return
        parent = stack[-1]
        if isinstance(parent.into, dict) and parent.key is None:
            parent.key = self._key(event, parent.into)
            self.lines[(*parent.path, parent.key)] = self._at(event)
            return
        value, path = self._value(event), parent.add_path()
        self.lines.setdefault(path, self._at(event))
        parent.add(value)
        if isinstance(value, (dict, list)):
            stack.append(_Open(value, path))

    def _key(self, event: Any, into: dict[str, Value]) -> str:
        if type(event) is not yaml.ScalarEvent:
            raise Fault("yaml-syntax", self._at(event), "a field's name must be plain text")
        if event.value in into:
            raise Fault("yaml-duplicate-key", self._at(event), f"`{event.value[:60]}` stands twice")
        return str(event.value)

    @staticmethod
    def _value(event: Any) -> Value:
        if type(event) is yaml.ScalarEvent:
            return None if event.implicit[0] and event.value in _NULLS else str(event.value)
        return {} if type(event) is yaml.MappingStartEvent else []


@dataclass(slots=True)
class _Open:
    """A mapping or list that is being filled."""

    into: Any
    path: Path
    key: str | None = None

    def add_path(self) -> Path:
        return (*self.path, self.key if self.key is not None else len(self.into))

    def add(self, value: Value) -> None:
        if isinstance(self.into, dict):
            self.into[self.key], self.key = value, None
        else:
            self.into.append(value)
