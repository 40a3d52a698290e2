"""References -> links: what was written becomes what was found, or a finding.

A `Reference` is text and may mean nothing; a `Link` joins two records that exist. Nothing downstream ever sees an
unresolved one. Compromise: an id is matched exactly, or by alias; a wrong letter is a finding with the nearest ids, never a
guess.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kb.config import Config
from kb.finding import Finding
from kb.records.model import Postmortem, Record, Reference
from kb.text import did_you_mean, said

# Each suggestion looks at every name; a file of nothing but dead links must not hold up the rest.
MAX_SUGGESTED = 1000


@dataclass(frozen=True, slots=True)
class Link:
    """One record leads to another. `relation` is the field that says so, "mentions" for prose; `note` its verdict."""

    source: str
    target: str
    relation: str
    line: int | None
    note: str = ""


class Names:
    """Finds a record by what people call it: its id, or an alias."""

    def __init__(self, records: Mapping[str, Record]) -> None:
        self._records = records
        self._aliases = {alias: record.id for record in records.values() for alias in record.aliases}
        self._suggested: dict[str, str] = {}

    def find(self, name: str) -> Record | None:
        """Return the record that `name`, or the part of it before `#`, means."""
        base = name.split("#")[0].strip()
        return self._records.get(base) or self._records.get(self._aliases.get(base, ""))

    def suggest(self, name: str) -> str:
        """Return "did you mean ...?" for a name that means nothing; after a thousand of them, only "" for a new one."""
        base = name.split("#")[0]
        if base not in self._suggested and len(self._suggested) < MAX_SUGGESTED:
            self._suggested[base] = did_you_mean(base, {*self._records, *self._aliases})
        return self._suggested.get(base, "")


def resolve(
    records: Mapping[str, Record], names: Names, config: Config
) -> tuple[tuple[Link, ...], tuple[Finding, ...]]:
    """Resolve every reference of every record. Returns the links, each once, and a finding for each that leads nowhere."""
    links: dict[tuple[str, str, str], Link] = {}
    findings: list[Finding] = []
    for record in records.values():
        for reference in record.references:
            target = names.find(reference.target)
            for code, message, hint in _faults(record, reference, target, names):
                findings.append(Finding(code, config.level(code), record.path, reference.line, message, hint))
            if target is not None and target.id != record.id:
                link = Link(record.id, target.id, reference.relation, reference.line, reference.note)
                links.setdefault((link.source, link.target, link.relation), link)
    return tuple(links.values()), tuple(findings)


def _faults(
    record: Record, reference: Reference, target: Record | None, names: Names
) -> Iterator[tuple[str, str, str]]:
    if target is None:
        if reference.note != "missing":
            yield "dangling-reference", f"there is no record `{reference.target}`", names.suggest(reference.target)
        return
    if reference.kinds and target.kind_of_record not in reference.kinds:
        wanted = " or ".join(reference.kinds)
        yield (
            "wrong-kind",
            f"`{said(reference.relation)}` names a {wanted}; `{target.id}` is a {target.kind_of_record}",
            "",
        )
    _, _, action = reference.target.partition("#")
    if action and action not in {a.id for a in target.promised}:
        known = [a.id for a in target.promised if a.id]
        yield "dangling-reference", f"`{target.id}` has no action `{action}`", did_you_mean(action, known)
    if reference.relation == "recurrence_of" and isinstance(record, Postmortem) and isinstance(target, Postmortem):
        yield from _recurrence(record, target)


def _recurrence(record: Postmortem, earlier: Postmortem) -> Iterator[tuple[str, str, str]]:
    if record.id == earlier.id:
        yield "recurrence-order", "a record cannot repeat itself", "Name the earlier incident."
    elif record.started and earlier.started and record.started < earlier.started:
        yield "recurrence-order", f"`{earlier.id}` began later ({earlier.started})", "Name the earlier incident."
