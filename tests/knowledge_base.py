"""Tiny knowledge bases, written down as values and laid out on disk.

A case is a file of YAML documents in `libraries/`: the fault, then its harmless twin. Each document holds

    files:     path -> text, or a mapping for what text cannot hold (see `_bytes_of` and `_make`)
    config:    kb.toml; without it the default below
    fault:     in the first document, the code that must be found there and not in the twin
    findings:  what is found, one a line (`path:line level[code] message | hint`)
    records:   the ids of the records that were read, one a line
    error:     instead of these two, the text of the KbError

and the last three are written by `pytest tests/test_libraries.py --update-golden`.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

import kb
from kb.cli.suggestions import suggested

TODAY = date(2024, 6, 1)

# Nearly no case gives every field that readers look for, and many say the same twice; a case each is about just that.
CONFIG = '[levels]\nmissing-field = "off"\nundeclared-repeat = "off"\n'

_EXPECTED = re.compile(r"^(?:findings|records|error):", re.MULTILINE)


def lay_out(root: Path, files: Mapping[str, Any], config: str = CONFIG) -> Path:
    """Write a knowledge base to `root`. A file's content is text, or a mapping that says how it is made."""
    root.mkdir(parents=True, exist_ok=True)
    for name, content in {"kb.toml": config, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        _make(path, content)
    return root


def _make(path: Path, content: Any) -> None:
    match content:
        case {"link": str(target)}:
            path.symlink_to(target)
        case {"fifo": True}:
            os.mkfifo(path)
        case {"folder": True}:
            path.mkdir()
        case {"size": int(size)}:
            path.touch()
            os.truncate(path, size)
        case _:
            path.write_bytes(_bytes_of(content))


def _bytes_of(content: Any) -> bytes:
    match content:
        case str():
            return content.encode()
        case {"hex": str(digits)}:
            return bytes.fromhex(digits)
        case {"text": str(text), "encoding": str(encoding)}:
            return text.encode(encoding)
        case {"text": str(text), "newline": str(newline)}:
            return text.replace("\n", newline).encode()
        case {"repeat": str(unit), "times": int(times)}:
            return (content.get("before", "") + unit * times + content.get("after", "")).encode()
    raise ValueError(f"a file cannot be made of {content!r}")


@dataclass(frozen=True)
class Outcome:
    """What checking a knowledge base came to."""

    findings: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    error: str | None = None

    @classmethod
    def of(cls, root: Path) -> "Outcome":
        try:
            catalogue = kb.load(root, today=TODAY)
        except kb.KbError as error:
            return cls(error=str(error))
        findings = sorted((*catalogue.findings, *suggested(catalogue)), key=lambda f: f.order)
        return cls(tuple(map(said, findings)), tuple(catalogue.records))

    @property
    def codes(self) -> frozenset[str]:
        """The codes of the findings; `error` stands for a KbError."""
        found = (re.search(r" \w+\[([a-z0-9-]+)\] ", line) for line in self.findings)
        return frozenset(hit[1] for hit in found if hit) | ({"error"} if self.error is not None else set())

    def text(self) -> str:
        """As the end of a document."""
        if self.error is not None:
            return _block("error", self.error.splitlines())
        return _block("findings", self.findings) + _block("records", self.records)


def _block(key: str, lines: Any) -> str:
    return f"{key}: |\n" + "".join(f"  {line}\n" for line in lines) if lines else f'{key}: ""\n'


def said(finding: kb.Finding) -> str:
    """A finding on one line, with what cannot be seen escaped."""
    text = f"{finding.place} {finding.level}[{finding.code}] {finding.message}" + (
        f" | {finding.hint}" if finding.hint else ""
    )
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


@dataclass(frozen=True)
class Case:
    """One document of a case: the source above the expectation, and both as values."""

    source: str
    files: Mapping[str, Any]
    config: str
    fault: str
    expected: Outcome

    @classmethod
    def of(cls, document: str) -> "Case":
        data = yaml.safe_load(document)
        hit = _EXPECTED.search(document)
        return cls(
            source=document[: hit.start()] if hit else document,
            files=data["files"],
            config=data.get("config", CONFIG),
            fault=data.get("fault", ""),
            expected=Outcome(
                tuple(data.get("findings", "").splitlines()),
                tuple(data.get("records", "").splitlines()),
                data["error"].rstrip("\n") if "error" in data else None,
            ),
        )


def cases_in(path: Path) -> list[Case]:
    """Return the documents of a case's file: the fault and its twin."""
    return [Case.of(document) for document in re.split(r"^---\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)]
