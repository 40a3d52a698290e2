"""Files -> records, with every finding of every file in one run.

Only regular files inside the configured folders are read. A file with an error yields findings and no record; the
others are read all the same. Compromise: every file is read on every run; ten thousand take about ten seconds.
"""

import os
import re
import stat
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kb.config import Config
from kb.finding import Finding, Level
from kb.records.body import examine
from kb.records.consistency import contradictions, missing
from kb.records.files import Found as Found
from kb.records.files import find_files as find_files
from kb.records.frontmatter import MAX_BYTES, Fault, Raw, read
from kb.records.model import RECORDS, Record
from kb.records.references import references
from kb.records.shape import Shaped, refuse_unknown_names, shape
from kb.text import word

_HEADING = re.compile(r"#[ \t]+(\S.*)")


def read_all(
    root: Path, config: Config, progress: Callable[[Iterable[Found], int], Iterable[Found]] | None = None
) -> tuple[list[Record], list[Finding]]:
    """Read every record below `root`. Returns the readable ones and the findings of all, both in order of path.

    Raises:
        KbError: `kb.toml` maps a field that does not exist.
    """
    refuse_unknown_names(config)
    files = list(find_files(root, config))
    records: list[Record] = []
    findings: list[Finding] = []
    for found in progress(files, len(files)) if progress else files:
        record, noted = read_file(root, found, config)
        findings.extend(noted)
        if record is not None:
            records.append(record)
    return records, findings


def read_file(root: Path, found: Found, config: Config) -> tuple[Record | None, tuple[Finding, ...]]:
    """Read one file: a record, or None where an error keeps it out, and its findings."""
    reading = _Reading(root, found, config)
    try:
        return reading.record(_bytes(root, found)), reading.sorted()
    except Fault as fault:
        reading.note(fault.code, fault.line, fault.message, fault.hint)
        return None, reading.sorted()


def _bytes(root: Path, found: Found) -> bytes:
    path = root / found.path
    if re.search("[\ud800-\udfff]", found.path):
        raise Fault("unreadable", None, "the file's name is not UTF-8", "Rename it.")
    try:
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode):
            if not Path(os.path.realpath(path)).is_relative_to((root / found.root).resolve()):
                raise Fault("not-regular", None, "this is a symbolic link that leads out of its folder")
            status = path.stat()
        elif stat.S_ISDIR(status.st_mode):
            raise Fault("unreadable", None, "the folder could not be listed")
        if not stat.S_ISREG(status.st_mode):
            raise Fault("not-regular", None, "this is no regular file")
        if status.st_size > MAX_BYTES:
            raise Fault("too-large", None, f"the file is {status.st_size:,} bytes; a record has at most {MAX_BYTES:,}")
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise Fault("unreadable", None, f"the file could not be read: {error.strerror}") from error


@dataclass(slots=True)
class _Reading:
    """One file on its way to a record, and what was noted on the way."""

    root: Path
    found: Found
    config: Config
    findings: list[Finding] = field(default_factory=list)

    def note(self, code: str, line: int | None, message: str, hint: str = "") -> None:
        self.findings.append(Finding(code, self.config.level(code), self.found.path, line, message, hint))

    def sorted(self) -> tuple[Finding, ...]:
        shown = (f for f in dict.fromkeys(self.findings) if f.level is not Level.OFF)
        return tuple(sorted(shown, key=lambda f: f.order))

    def record(self, data: bytes) -> Record | None:
        raw = read(data)
        for code, line, message in raw.notes:
            self.note(code, line, message)
        shaped = shape(raw.fields, raw.lines, self.found.kind, self.config)
        for code, path, message, hint in shaped.notes:
            self.note(code, shaped.line(path), message, hint)
        record = self.build(raw, shaped, blake2b(data, digest_size=16).hexdigest())
        if record is None:
            return None
        for code, path, message, hint in missing(record):
            self.note(code, shaped.line(path), message, hint)
        faults = list(contradictions(record))
        for code, path, message, hint in faults:
            self.note(code, shaped.line(path), message, hint)
        # `kb.toml` may let a contradiction pass, but not an id that cannot be an address.
        is_refused = any(code == "bad-id" for code, *_ in faults) or any(f.level is Level.ERROR for f in self.findings)
        return None if is_refused else record

    def build(self, raw: Raw, shaped: Shaped, digest: str) -> Record | None:
        body, heading = _without_title(raw.body)
        stem = Path(self.found.path).stem
        identity = shaped.data.get("id") or stem
        data = {
            **shaped.data,
            "id": identity,
            "title": shaped.data.get("title") or heading or (identity if isinstance(identity, str) else stem),
            "path": self.found.path,
            "root": self.found.root,
            "body": body,
            "digest": digest,
            "extra": shaped.extra,
        }
        if self.found.kind == "learning" and "kind" not in data:
            data["kind"] = self.kind_by_folder()
        links, attachments = examine(raw, self.root, self.found.path, self.found.root, self.note)
        data.update(references=(*references(shaped, self.found.kind), *links), attachments=attachments)
        try:
            return RECORDS[self.found.kind].model_validate(data, context={"zone": self.config.time.zone})
        except ValidationError as error:
            for one in error.errors(include_url=False):
                self.refuse(one, shaped)
            return None

    def refuse(self, error: Any, shaped: Shaped) -> None:
        path = tuple(error["loc"])
        name = ".".join(str(part + 1 if isinstance(part, int) else part) for part in path)
        if error["type"] == "bad_time":
            self.note("bad-time", shaped.line(path), f"`{name}`: {error['msg']}")
            return
        self.note(
            "wrong-type", shaped.line(path), f"`{name}` cannot be {_said(error['input'])}: {error['msg'].lower()}"
        )

    def kind_by_folder(self) -> str | None:
        inside = Path(self.found.path).relative_to(self.found.root).parts
        folder = word(inside[0]) if len(inside) > 1 else ""
        words = self.config.words_of("learning")
        return next((w for w in words if folder in (w, f"{w}s")), None)


def _said(value: object) -> str:
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "a mapping"
    return f"`{str(value)[:40]}`"


def _without_title(body: str) -> tuple[str, str]:
    """Return the body without a first heading of level 1, and that heading: the page shows the title itself."""
    first, _, rest = body.lstrip("\n").partition("\n")
    hit = _HEADING.match(first)
    if hit is None:
        return body, ""
    title, _, closing = hit[1].rstrip().rpartition(" ")
    return rest.lstrip("\n"), title.rstrip() if title and not closing.strip("#") else hit[1].rstrip()
