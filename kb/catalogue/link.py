"""References -> links: what was written becomes what was found, or a finding.

A `Reference` is text and may mean nothing; a `Link` joins two records that exist. Nothing downstream ever sees an
unresolved one. Compromise: an id is matched exactly, or by alias; a wrong letter is a finding with the nearest ids, never a
guess.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kb.catalogue.circle import in_circles
from kb.config import Config
from kb.finding import Finding
from kb.records.model import Postmortem, Record, Reference
from kb.text import did_you_mean, said

# Each suggestion looks at every name; a file of nothing but dead links must not hold up the rest.
MAX_SUGGESTED = 1000
# The field that says that two records do not belong together: it is checked like the others, and joins nothing.
DENIED = "not_related"


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
        self._actions: dict[str, frozenset[str]] = {}

    def find(self, name: str) -> Record | None:
        """Return the record that `name`, or the part of it before `#`, means."""
        base = name.split("#")[0].strip()
        return self._records.get(base) or self._records.get(self._aliases.get(base, ""))

    def actions_of(self, record: Record) -> frozenset[str]:
        """Return the ids of the actions that a record promises."""
        if record.id not in self._actions:
            self._actions[record.id] = frozenset(action.id for action in record.promised if action.id)
        return self._actions[record.id]

    def suggest(self, name: str) -> str:
        """Return "did you mean ...?" for a name that means nothing; after a thousand of them, only "" for a new one."""
        if name not in self._suggested and len(self._suggested) < MAX_SUGGESTED:
            base, _, action = name.partition("#")
            record = self.find(base)
            known = {*self._records, *self._aliases} if record is None else self.actions_of(record)
            self._suggested[name] = did_you_mean(base if record is None else action, known)
        return self._suggested.get(name, "")


def resolve(
    records: Mapping[str, Record], names: Names, config: Config, unread: frozenset[str] = frozenset()
) -> tuple[tuple[Link, ...], tuple[Finding, ...]]:
    """Resolve every reference of every record. Returns the links, each once, and a finding for each that leads nowhere.

    `unread` are the ids of files that could not be read: what leads to one of them is not wrong, and its file says why.
    """
    links: dict[tuple[str, str, str], Link] = {}
    findings: list[Finding] = []

    def refuse(code: str, record: Record, line: int | None, message: str, hint: str) -> None:
        findings.append(Finding(code, config.level(code), record.path, line, message, hint))

    for record in records.values():
        for reference in record.references:
            target = names.find(reference.target)
            if target is None and reference.target.split("#")[0].strip() in unread:
                continue
            for code, message, hint in _faults(record, reference, target, names):
                refuse(code, record, reference.line, message, hint)
            if target is not None and target.id != record.id and reference.relation != DENIED:
                link = Link(record.id, target.id, reference.relation, reference.line, reference.note)
                links.setdefault((link.source, link.target, link.relation), link)
    repeats = [link for link in links.values() if link.relation == "recurrence_of"]
    circles = in_circles([(link.source, link.target) for link in repeats])
    for link in repeats:
        if (link.source, link.target) in circles and not _is_dated(link, records):
            message = f"`{link.target}` is said to repeat `{link.source}` in turn"
            refuse("recurrence-order", records[link.source], link.line, message, "Name the earlier incident.")
    return tuple(links.values()), tuple(findings)


def _faults(
    record: Record, reference: Reference, target: Record | None, names: Names
) -> Iterator[tuple[str, str, str]]:
    if target is None:
        if reference.note != "missing":
            yield "dangling-reference", f"there is no record `{reference.target[:80]}`", names.suggest(reference.target)
        return
    if reference.kinds and target.kind_of_record not in reference.kinds:
        wanted = " or ".join(reference.kinds)
        yield (
            "wrong-kind",
            f"`{said(reference.relation)}` names a {wanted}; `{target.id}` is a {target.kind_of_record}",
            "",
        )
    _, _, action = reference.target.partition("#")
    if action and action not in names.actions_of(target):
        yield "dangling-reference", f"`{target.id}` has no action `{action[:80]}`", names.suggest(reference.target)
    if reference.relation == "recurrence_of" and isinstance(record, Postmortem) and isinstance(target, Postmortem):
        yield from _recurrence(record, target)


def _is_dated(link: Link, records: Mapping[str, Record]) -> bool:
    first, second = records[link.source].when, records[link.target].when
    return first is not None and second is not None and (first < second or second < first)


def _recurrence(record: Postmortem, earlier: Postmortem) -> Iterator[tuple[str, str, str]]:
    if record.id == earlier.id:
        yield "recurrence-order", "a record cannot repeat itself", "Name the earlier incident."
    elif record.started and earlier.started and record.started < earlier.started:
        yield "recurrence-order", f"`{earlier.id}` began later ({earlier.started})", "Name the earlier incident."
