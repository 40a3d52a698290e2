"""The reference, generated from the tables themselves: every field of every kind, every finding, every list of words.

Compromise: a field's type is said in a few plain words rather than as a schema; `kb schema` prints the schema.
"""

from dataclasses import dataclass
from typing import Any, get_args

from kb.config import KINDS, MEANINGS, WORDS
from kb.finding import CODES
from kb.pages.desk import Desk, Page
from kb.records.model import RECORDS, Part, fields_of
from kb.records.shape import Spec, specs


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field of the reference. `words` is the name of its list, or ""."""

    name: str
    form: str
    description: str
    words: str
    depth: int


def pages(desk: Desk) -> list[Page]:
    """Return the pages of the reference."""
    fields = Page(
        uri="reference/fields",
        title="Fields",
        html=lambda: desk.render(
            "fields.html",
            "reference/fields",
            kinds=[(kind, RECORDS[kind].__doc__, rows(RECORDS[kind])) for kind in KINDS],
            lists=[(name, desk.catalogue.config.words_of(name), MEANINGS.get(name, {})) for name in WORDS],
        ),
        section="reference/fields",
    )
    findings = Page(
        uri="reference/findings",
        title="Findings",
        html=lambda: desk.render(
            "findings.html",
            "reference/findings",
            codes=[(code, desk.catalogue.config.level(code.name)) for code in CODES.values()],
            findings=desk.catalogue.findings,
        ),
        section="reference/findings",
    )
    return [fields, findings]


def rows(part: type[Part], depth: int = 0) -> list[FieldRow]:
    """Return the fields of a part and, below each that is a mapping, its own."""
    found: list[FieldRow] = []
    known = specs(part)
    for name, info in fields_of(part):
        spec = known[name]
        found.append(FieldRow(name, _form(spec, info.annotation), info.description or "", spec.words or "", depth))
        if spec.part is not None:
            found.extend(rows(spec.part, depth + 1))
    return found


def _form(spec: Spec, annotation: Any) -> str:
    one = _one(spec, annotation)
    if spec.mapping:
        return f"mapping of lists of {one}"
    return f"list of {one}" if spec.many else one


def _one(spec: Spec, annotation: Any) -> str:
    if spec.part is not None:
        return f"{{{', '.join(name for name, _ in fields_of(spec.part))}}}"
    if spec.moment:
        return "time"
    names = {getattr(a, "__name__", "") for a in (annotation, *get_args(annotation))}
    for kind, said in (("timedelta", "span"), ("date", "day"), ("bool", "yes or no")):
        if kind in names or any(kind in str(a) for a in get_args(annotation)):
            return said
    return "id" if spec.refers else "word" if spec.words else "sentence" if spec.prose else "text"
