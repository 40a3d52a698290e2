"""Whether every record has a name of its own, and whether kb.toml names incidents that exist.

Ids become addresses, and addresses must differ on file systems that ignore case too. Compromise: of two records with one
id the first by path is kept, so that the rest can still be checked; the error stops a build all the same.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from kb.catalogue.link import Names
from kb.config import NAME, Config
from kb.finding import Finding
from kb.records.model import Record
from kb.text import slug


def identities(records: Iterable[Record], config: Config) -> tuple[dict[str, Record], tuple[Finding, ...]]:
    """Return the records by id, in order of id, and a finding for each whose id or alias is taken."""
    findings: list[Finding] = []
    kept: dict[str, Record] = {}
    addresses: dict[str, Record] = {}

    def refuse(code: str, record: Record, message: str, hint: str) -> None:
        findings.append(Finding(code, config.level(code), record.path, 1, message, hint))

    for record in records:
        if (other := kept.get(record.id)) is not None:
            refuse(
                "duplicate-id", record, f"the id `{record.id}` is also that of {other.path}", "Rename one of the two."
            )
        elif (other := addresses.get(slug(record.id))) is not None:
            refuse(
                "case-id",
                record,
                f"the ids `{record.id}` and `{other.id}` ({other.path}) have one address",
                "Rename one of the two.",
            )
        else:
            kept[record.id] = addresses[slug(record.id)] = record
    owners: dict[str, Record] = {}
    for record in kept.values():
        for alias in record.aliases:
            other = addresses.get(slug(alias)) or owners.get(slug(alias))
            if other is not None and other is not record:
                refuse(
                    "taken-alias",
                    record,
                    f"the alias `{alias}` belongs to {other.path}",
                    "Remove it from one of the two.",
                )
            owners.setdefault(slug(alias), record)
    return dict(sorted(kept.items())), tuple(findings)


def named_clusters(names: Names, config: Config, path: Path, unread: frozenset[str]) -> Iterator[Finding]:
    """Yield a finding for each name of `[clusters.names]` that means no incident.

    Args:
        names: of all records.
        config: what kb.toml says.
        path: kb.toml itself, in which the line of a fault is looked for.
        unread: ids of files that could not be read; they may well be incidents.
    """
    for name in config.clusters.names:
        record = names.find(name)
        fault = _misnamed(name, record, names.suggest) if record or name not in unread else None
        if fault:
            code, message, hint = fault
            yield Finding(code, config.level(code), NAME, _line(path, name), message, hint)


def _misnamed(name: str, record: Record | None, suggest: Callable[[str], str]) -> tuple[str, str, str] | None:
    if record is None:
        return "dangling-reference", f"`clusters.names`: there is no incident `{name[:80]}`", suggest(name)
    if record.kind_of_record != "postmortem":
        return "wrong-kind", f"`clusters.names` names incidents; `{record.id}` is a {record.kind_of_record}", ""
    if record.id != name:
        return (
            "dangling-reference",
            f"`clusters.names`: `{name[:80]}` is another name of `{record.id}`",
            "Write the id.",
        )
    return None


def _line(path: Path, name: str) -> int | None:
    """Return the line on which kb.toml gives this name, None where it is written in some other way."""
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    return next((number for number, line in lines if re.search(rf"""["']?{re.escape(name)}["']?\s*=""", line)), None)
