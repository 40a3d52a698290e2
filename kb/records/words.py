"""A record as plain text: everything in it that somebody may search for, once.

Compromise: Markdown stays as it was written, with only its fences and link addresses taken out; a search does not mind a
star, and rendering every record to read it would cost more than building its page.
"""

import re
from collections.abc import Iterator, Mapping

from kb.records.model import Part, Record
from kb.records.shape import Spec, specs

_NOISE = re.compile(r"^[ \t]*(?:`{3,}|~{3,}).*$|\]\([^)\n]{0,1000}\)|[\[\]|]|^#+ |[*_]{2}", re.MULTILINE)
_NAMED = ("services", "teams", "organization", "tags", "aliases", "causes", "trigger", "alerts", "owner")


# The fields that a search weighs by themselves; all other sentences are prose.
_GROUPS = {"symptoms": "symptoms", "actions": "actions", "timeline": "timeline"}


def parts_of(record: Record) -> dict[str, str]:
    """Return what a record says beside its title, by where it stands: names, symptoms, actions, timeline, prose.

    Prose is every sentence of its other fields, and its body.
    """
    named = [word.replace("_", " ") for name in _NAMED for word in _texts(getattr(record, name, None))]
    parts: dict[str, list[str]] = {
        "names": [" ".join(named)],
        "symptoms": [],
        "actions": [],
        "timeline": [],
        "prose": [],
    }
    for name, spec in specs(type(record)).items():
        parts[_GROUPS.get(name, "prose")] += _spoken(getattr(record, name), spec)
    parts["prose"].append(_NOISE.sub(" ", record.body))
    return {name: "\n".join(filter(None, texts)) for name, texts in parts.items()}


def _sentences(part: Part) -> Iterator[str]:
    for name, spec in specs(type(part)).items():
        yield from _spoken(getattr(part, name), spec)


def _spoken(value: object, spec: Spec) -> Iterator[str]:
    if isinstance(value, Part):
        yield from _sentences(value)
    elif spec.part is not None and isinstance(value, tuple):
        for one in value:
            yield from _sentences(one)
    elif spec.prose:
        yield from _texts(value)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        yield from (one for one in value if isinstance(one, str))
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
