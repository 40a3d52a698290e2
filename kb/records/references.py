"""References as written in the fields of a record, with their lines; the catalogue resolves them.

Compromise: an action is referred to by `<incident>#<action>`, and only the incident's part is resolved here.
"""

from collections.abc import Iterator
from typing import Any

from kb.records.frontmatter import Path
from kb.records.model import RECORDS, Part, Reference
from kb.records.prose import ids_in, mask_code
from kb.records.shape import Shaped, specs


def references(shaped: Shaped, kind: str) -> tuple[Reference, ...]:
    """Return the references in a record's fields and in the prose of its fields, in the order of the file."""
    found = [*_in_fields(shaped.data, RECORDS[kind], (), shaped), *_in_prose(shaped)]
    return tuple(sorted(found, key=lambda reference: reference.line or 0))


def _in_fields(data: dict[str, Any], part: type[Part], path: Path, shaped: Shaped) -> Iterator[Reference]:
    for name, spec in specs(part).items():
        value = data.get(name)
        for index, entry in enumerate(value if isinstance(value, list) else []):
            here = (*path, name, index)
            if spec.refers is not None and spec.part is None and isinstance(entry, str):
                yield Reference(entry, name, shaped.line(here), spec.refers.kinds)
            elif spec.refers is not None and isinstance(entry, dict) and isinstance(entry.get("id"), str):
                yield Reference(
                    entry["id"], name, shaped.line(here), spec.refers.kinds, str(entry.get("verdict") or "")
                )
            elif spec.part is not None and isinstance(entry, dict):
                yield from _in_fields(entry, spec.part, here, shaped)


def _in_prose(shaped: Shaped) -> Iterator[Reference]:
    for text, path in shaped.prose:
        for target, _ in ids_in(mask_code(text)):
            yield Reference(target, "mentions", shaped.line(path))
