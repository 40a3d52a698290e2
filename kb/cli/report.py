"""The findings of a check as text, JSON, GitHub workflow commands and SARIF.

Each format is a function from a report to the text to print, so that all of them show the same findings. Compromise:
where a finding has no hint of its own, the general one of its code stands in, so that every line says the way out.
"""

import json
import os
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

import click

import kb
from kb.config import NAME
from kb.finding import CODES, Finding, Level
from kb.text import count

_ORDER = (Level.ERROR, Level.WARNING, Level.HINT)
_COLOURS = {Level.ERROR: "red", Level.WARNING: "yellow", Level.HINT: "cyan"}


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found. `level` is the least level to print, None for what suits the format."""

    root: Path
    records: int
    findings: tuple[Finding, ...]
    level: Level | None = None

    @classmethod
    def of(cls, catalogue: kb.Catalogue, is_wanted: Callable[[str], bool], level: Level | None) -> "Report":
        """Return the report on the files that are wanted."""
        findings = tuple(f for f in catalogue.findings if is_wanted(f.path))
        # A file with an error yields no record but is one to whoever wrote it.
        readable = {record.path for record in catalogue.records.values() if is_wanted(record.path)}
        return cls(catalogue.root, len(readable | {f.path for f in findings} - {NAME}), findings, level)

    @property
    def counts(self) -> Mapping[Level, int]:
        """How many findings there are of each level, printed or not."""
        found = Counter(f.level for f in self.findings)
        return {level: found[level] for level in _ORDER}

    @property
    def errors(self) -> int:
        """How many errors there are."""
        return self.counts[Level.ERROR]

    @property
    def warnings(self) -> int:
        """How many warnings there are."""
        return self.counts[Level.WARNING]

    def shown(self, default: Level) -> tuple[Finding, ...]:
        """Return the findings of the asked level and above, or of `default` where none was asked."""
        levels = _ORDER[: _ORDER.index(self.level or default) + 1]
        return tuple(f for f in self.findings if f.level in levels)


def _way_out(finding: Finding) -> str:
    return finding.hint or CODES[finding.code].way_out


def _plain(text: str) -> str:
    """Return text that cannot steer a terminal: a file's name may hold anything."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def as_text(report: Report) -> str:
    """Return one finding a line with its way out below, and a closing line that counts all."""
    shown = report.shown(Level.WARNING)
    here = os.path.relpath(report.root)
    lines = [line for finding in shown for line in _text_of(finding, here)]
    return "\n".join([*lines, *([""] if lines else []), _closing(report, shown)])


def _text_of(finding: Finding, here: str) -> tuple[str, str]:
    # The path is written from the current folder, so that terminals and editors can open it.
    place = os.path.normpath(os.path.join(here, finding.place))  # noqa: PTH118  `..` must stay as it is
    is_error = finding.level is Level.ERROR
    level = click.style(f"{finding.level}[{finding.code}]", fg=_COLOURS[finding.level], bold=is_error or None)
    return f"{_plain(place)}: {level} {_plain(finding.message)}", f"    {_plain(_way_out(finding))}"


def _closing(report: Report, shown: tuple[Finding, ...]) -> str:
    counts = ", ".join(count(number, level.value) for level, number in report.counts.items())
    printed = {finding.level for finding in shown}
    hidden = [level for level, number in report.counts.items() if number and level not in printed]
    more = f" ({' and '.join(f'{level}s' for level in hidden)}: --level {hidden[-1]})" if hidden else ""
    return f"{count(report.records, 'record')}: {counts}{more}"


def as_json(report: Report) -> str:
    """Return a JSON object: `version`, `summary`, `findings`."""
    summary = {"records": report.records, **{f"{level.value}s": number for level, number in report.counts.items()}}
    findings = [_json_of(finding) for finding in report.shown(Level.HINT)]
    return json.dumps({"version": 1, "summary": summary, "findings": findings}, indent=2)


def _json_of(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "level": finding.level.value,
        "path": finding.path,
        "line": finding.line,
        "message": finding.message,
        "hint": _way_out(finding),
    }


def as_github(report: Report) -> str:
    """Return workflow commands, which GitHub shows beside the lines of a pull request, and the closing line."""
    shown, prefix = report.shown(Level.WARNING), _repository(report.root)
    return "\n".join([*(_github_of(finding, prefix) for finding in shown), _closing(report, shown)])


_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.HINT: "notice"}


def _github_of(finding: Finding, prefix: str) -> str:
    place = f"file={_property(prefix + finding.path)},line={finding.line or 1},title={_property(finding.code)}"
    said = f"{_plain(finding.message)}\n{_plain(_way_out(finding))}"
    return f"::{_COMMANDS[finding.level]} {place}::{_data(said)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _repository(root: Path) -> str:
    """Return the knowledge base's path in its Git repository with a slash behind, "" where it is the whole."""
    top = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)
    return "" if top == root else f"{root.relative_to(top).as_posix()}/"


def as_sarif(report: Report) -> str:
    """Return a SARIF 2.1.0 log, which code scanners read."""
    rules, prefix = [_rule(code) for code in CODES.values()], _repository(report.root)
    driver = {"name": "kb", "fullName": "Afteraction", "semanticVersion": kb.__version__, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, prefix) for finding in report.shown(Level.HINT)],
    }
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2)


_SARIF_LEVELS = {Level.ERROR: "error", Level.WARNING: "warning", Level.HINT: "note", Level.OFF: "none"}


_RULES = {name: place for place, name in enumerate(CODES)}


def _rule(code: kb.Code) -> dict[str, Any]:
    return {
        "id": code.name,
        "shortDescription": {"text": code.meaning},
        "fullDescription": {"text": code.meaning},
        "help": {"text": code.way_out},
        "defaultConfiguration": {"level": _SARIF_LEVELS[code.level]},
    }


def _result(finding: Finding, prefix: str) -> dict[str, Any]:
    uri = quote(prefix + finding.path, safe="/", errors="surrogateescape")
    place = {"artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"}, "region": {"startLine": finding.line or 1}}
    return {
        "ruleId": finding.code,
        "ruleIndex": _RULES[finding.code],
        "level": _SARIF_LEVELS[finding.level],
        "message": {"text": f"{finding.message}\n{_way_out(finding)}"},
        "locations": [{"physicalLocation": place}],
    }


FORMATS: Mapping[str, Callable[[Report], str]] = MappingProxyType(
    {"text": as_text, "json": as_json, "github": as_github, "sarif": as_sarif}
)
