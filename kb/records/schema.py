"""The model -> JSON Schema (draft 2020-12), for editors that complete and check frontmatter while it is written.

Everything the reader accepts without an error the schema accepts too: short forms, values left empty, words outside
a list, unknown fields, numbers where text belongs (an editor reads YAML's types, the reader only text). The lists of
words are suggestions. Compromise: what lies in the relation of two fields (an end before its start) is left to
`kb check`, and so are dates that fit the pattern and do not exist.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from inspect import getdoc
from typing import Annotated, Any, get_args, get_origin

from kb.config import Config, Kind
from kb.records.model import RECORDS, Part, fields_of
from kb.records.shape import Spec, specs
from kb.records.time import Moment
from kb.text import said

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def _any_case(*words: str) -> str:
    """Return an expression for the words in upper or lower case: JavaScript's have no way to ignore it inside."""
    return "|".join("".join(f"[{c.upper()}{c}]" if c.isalpha() else c for c in word) for word in words)


# As kb.records.time and pydantic read them, in the common ground of Python's and JavaScript's expressions.
_CLOCK = r"\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?\s*(?:[Zz]|[+-]\d{2}(?::?\d{2})?)?"
_TIME = rf"^\s*\d{{4}}-\d{{2}}-\d{{2}}(?:(?:[Tt]|\s+){_CLOCK})?\s*$"
_UNITS = _any_case("d", "day", "w", "week", "m", "month", "y", "year")
_SPAN = rf"^\s*[Pp]?\s*\d{{1,4}}\s*(?:{_UNITS})[Ss]?\s*$"
_FLAG = f"^(?:{_any_case('0', '1', 'on', 'off', 't', 'f', 'true', 'false', 'y', 'n', 'yes', 'no')})$"

_UNKNOWN: Schema = {"type": ["null", "string", "array", "object"], "maxLength": 0, "maxItems": 0, "maxProperties": 0}
_TEXT: Schema = {"type": ["string", "number", "boolean", "null", "array", "object"], "maxItems": 0, "maxProperties": 0}

_TIMES = {"description": "ISO 8601 with offset, or a date.", "examples": ["2017-02-28T09:37:00-08:00", "2017-02-28"]}
_SPANS = {"description": "A number of days, weeks, months or years.", "examples": ["6 months", "90 days"]}

_SCALARS: dict[str, Schema] = {
    "unknown": {"description": "Nothing: what is not known may be left empty.", **_UNKNOWN},
    "text": {"description": "Text; what is not known may be left empty.", **_TEXT},
    "time": {**_TIMES, "anyOf": [{"type": "string", "pattern": _TIME}, _UNKNOWN]},
    "span": {**_SPANS, "anyOf": [{"type": "string", "pattern": _SPAN}, _UNKNOWN]},
    "flag": {"anyOf": [{"type": "boolean"}, {"enum": [0, 1]}, {"type": "string", "pattern": _FLAG}, _UNKNOWN]},
}

_ABOUT = ("title", "description")

# In the order in which a field's annotation is asked; everything else in a record is text.
_TYPES: tuple[tuple[type, str], ...] = ((Moment, "time"), (date, "time"), (timedelta, "span"), (bool, "flag"))


def json_schema(kind: Kind, config: Config) -> Schema:
    """Return the schema of one kind's frontmatter, with the words and names of a knowledge base."""
    record = RECORDS[kind]
    return {
        "$schema": DIALECT,
        "title": said(kind).capitalize(),
        "description": getdoc(record),
        "type": ["object", "null"],
        "properties": _mapped(kind, config),
        "additionalProperties": True,
        "$defs": {**_SCALARS, **{part.__name__: _part(part, config) for part in sorted(_parts(record), key=_name)}},
    }


def _name(part: type[Part]) -> str:
    return part.__name__


def _parts(part: type[Part]) -> set[type[Part]]:
    inner = {spec.part for spec in specs(part).values() if spec.part is not None}
    return inner.union(*(_parts(one) for one in inner))


def _mapped(kind: Kind, config: Config) -> dict[str, Schema]:
    """Return the properties of a file, under our names and those that `[fields]` reads them from.

    Only the first of a field's names is certain to be read, and all of them where it gathers a list; the others say
    what they are for and accept anything. A name with dots reaches into mappings and is left alone.
    """
    ours = _properties(RECORDS[kind], config)
    theirs: dict[str, tuple[str, ...]] = getattr(config.fields, kind)
    found: defaultdict[str, list[Schema]] = defaultdict(list)
    for name, schema in ours.items():
        names = tuple(dict.fromkeys((*theirs.get(name, ()), name)))
        gathers = specs(RECORDS[kind])[name].many
        for place, given in enumerate(names):
            if given == name or "." not in given:
                is_read = gathers or place == 0
                found[given].append(schema if is_read else {key: schema[key] for key in _ABOUT})
    return {name: schemas[0] if len(schemas) == 1 else {"allOf": schemas} for name, schemas in found.items()}


def _part(part: type[Part], config: Config) -> Schema:
    about = {"title": part.__name__, "description": getdoc(part)}
    return {**about, "type": "object", "properties": _properties(part, config)}


def _properties(part: type[Part], config: Config) -> dict[str, Schema]:
    found: dict[str, Schema] = {}
    for name, info in fields_of(part):
        about = {"title": said(name).capitalize(), "description": info.description}
        found[name] = {**about, **_field(info.annotation, specs(part)[name], config)}
    return found


def _field(annotation: Any, spec: Spec, config: Config) -> Schema:
    one = _one(annotation, spec, config)
    if spec.mapping:
        return {"anyOf": [{"type": "object", "additionalProperties": _several(one)}, _ref("unknown")]}
    return _several(one) if spec.many else one


def _several(one: Schema) -> Schema:
    return {"anyOf": [{"type": "array", "items": one}, one]}


def _one(annotation: Any, spec: Spec, config: Config) -> Schema:
    if spec.part is not None:
        return {"anyOf": [_ref(spec.part.__name__), _ref("text" if spec.part.shorthand else "unknown")]}
    if spec.words is not None and (words := _words(spec.words, config)):
        return {"anyOf": [{"enum": words}, _ref("text")]}
    types = set(_types(annotation))
    return _ref(next((name for type_, name in _TYPES if type_ in types), "text"))


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _words(name: str, config: Config) -> list[str]:
    """Return the words to suggest: an organization's own as it writes them, then those of the list."""
    return list(dict.fromkeys((*config.words.get(name, ()), *config.words_of(name))))


def _types(annotation: Any) -> Iterator[Any]:
    arguments = get_args(annotation)
    if not arguments:
        yield annotation
    for argument in arguments[:1] if get_origin(annotation) is Annotated else arguments:
        yield from _types(argument)
