"""Whether every record has a name of its own.

Ids become addresses, and addresses must differ on file systems that ignore case too. Compromise: of two records with one
id the first by path is kept, so that the rest can still be checked; the error stops a build all the same.
"""

from collections.abc import Iterable

from kb.config import Config
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
