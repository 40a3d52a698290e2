"""From what a file says to what the model expects: names, words and short forms, with a finding for what is odd.

An organization's names and words become the standard ones here, once, driven by the model's own annotations. What is
legal but unusual (an unknown field, a word outside a list, a naive time) is noted and kept; what contradicts itself is
left for the model to refuse. Compromise: the tree is walked twice (here and in pydantic), so that the model stays a plain
declaration.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Annotated, Any, get_args, get_origin

from kb.config import KINDS, NAME, Config
from kb.errors import KbError
from kb.records.frontmatter import Path, Value
from kb.records.model import RECORDS, Expected, Part, Prose, Refers, Source, Words, fields_of
from kb.records.time import Moment, is_naive
from kb.text import did_you_mean, nearest, word

Note = tuple[str, Path, str, str]


@dataclass(frozen=True, slots=True)
class Spec:
    """What a field's annotation says, in the terms of a file."""

    words: str | None = None
    prose: bool = False
    refers: Refers | None = None
    expected: bool = False
    part: type[Part] | None = None
    many: bool = False
    mapping: bool = False
    moment: bool = False


@cache
def specs(part: type[Part]) -> Mapping[str, Spec]:
    """Return the spec of each field of a part, by name."""
    return {name: _spec(info.annotation, tuple(info.metadata)) for name, info in fields_of(part)}


def _spec(annotation: Any, marks: tuple[object, ...]) -> Spec:
    found = Spec()
    for mark in (*marks, *_leaves(annotation)):
        if isinstance(mark, Words):
            found = replace(found, words=mark.name)
        elif isinstance(mark, Refers):
            found = replace(found, refers=mark)
        elif isinstance(mark, (Prose, Expected)):
            found = replace(
                found,
                prose=found.prose or isinstance(mark, Prose),
                expected=found.expected or isinstance(mark, Expected),
            )
        elif mark is tuple or mark is Mapping:
            found = replace(
                found,
                many=found.many or (mark is tuple and not found.mapping),
                mapping=found.mapping or mark is Mapping,
            )
        elif mark is Moment:
            found = replace(found, moment=True)
        elif isinstance(mark, type) and issubclass(mark, Part):
            found = replace(found, part=mark)
    return found


def _leaves(annotation: Any) -> Iterator[Any]:
    origin = get_origin(annotation)
    if origin is None:
        yield annotation
        return
    yield Mapping if origin in (dict, Mapping) or getattr(origin, "__name__", "") == "Mapping" else origin
    arguments = get_args(annotation)
    if origin is Annotated:
        yield from arguments[1:]
        arguments = arguments[:1]
    for argument in arguments:
        yield from _leaves(argument)


@dataclass(slots=True)
class Shaped:
    """A file's fields under our names. `lines` has the line of each value by its path here.

    `prose` are the texts with `[[ids]]`; `notes` is what is odd, as (code, path, message, hint).
    """

    data: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)
    lines: dict[Path, int] = field(default_factory=dict)
    prose: list[tuple[str, Path]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def note(self, code: str, path: Path, message: str, hint: str = "") -> None:
        """Keep something odd."""
        self.notes.append((code, path, message, hint))

    def line(self, path: Path) -> int | None:
        """Return the line of a value, or of the nearest thing that holds it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def refuse_unknown_names(config: Config) -> None:
    """Refuse a `kb.toml` that maps a field which no record has.

    Raises:
        KbError: naming the first such field.
    """
    for kind in KINDS:
        known = specs(RECORDS[kind])
        for name in getattr(config.fields, kind):
            if name not in known:
                message = f"`fields.{kind}.{name}`: a {kind} has no field `{name}`"
                raise KbError(
                    message, path=NAME, hint=did_you_mean(name, known) or f"`kb schema {kind}` lists its fields."
                )


def shape(fields: Mapping[str, Value], lines: Mapping[Path, int], kind: str, config: Config) -> Shaped:
    """Return the fields of one file under our names and in our words."""
    known = specs(RECORDS[kind])
    shaped = Shaped()
    used: list[Path] = []
    theirs: Mapping[str, tuple[str, ...]] = getattr(config.fields, kind)
    for name, spec in known.items():
        names = tuple(dict.fromkeys((*theirs.get(name, ()), name)))
        hits = [(n, value) for n in names if not _empty(value := _reach(fields, n))]
        used += [(n,) if n in fields else tuple(n.split(".")) for n in names]
        if hits:
            shaped.data[name] = (
                _gather(hits, name, lines, shaped.lines) if spec.many else _one(hits[0], name, lines, shaped.lines)
            )
    _keep_rest(fields, lines, used, known, shaped)
    _Words(config, shaped).part(shaped.data, RECORDS[kind], ())
    return shaped


def _reach(fields: Mapping[str, Value], name: str) -> Value:
    if name in fields:
        return fields[name]
    value: Value = dict(fields)
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _empty(value: Value) -> bool:
    return not value or (isinstance(value, str) and not value.strip())


def _one(hit: tuple[str, Value], name: str, theirs: Mapping[Path, int], ours: dict[Path, int]) -> Value:
    path = _path(hit[0], theirs)
    ours.update(((name, *at[len(path) :]), line) for at, line in theirs.items() if at[: len(path)] == path)
    return hit[1]


def _path(name: str, lines: Mapping[Path, int]) -> Path:
    return (name,) if (name,) in lines else tuple(name.split("."))


def _gather(hits: list[tuple[str, Value]], name: str, theirs: Mapping[Path, int], ours: dict[Path, int]) -> Value:
    gathered: list[Value] = []
    for found, value in hits:
        path = _path(found, theirs)
        ours.setdefault((name,), theirs.get(path, 1))
        is_list = isinstance(value, list)
        places: dict[int | str, int] = {}
        for index, entry in enumerate(value if isinstance(value, list) else [value]):
            if not _empty(entry):
                places[index] = len(gathered)
                gathered.append(entry)
        for at, line in theirs.items():
            inner = at[len(path) :] if is_list else (0, *at[len(path) :])
            if at[: len(path)] == path and inner and inner[0] in places:
                ours[(name, places[inner[0]], *inner[1:])] = line
    return gathered


def _keep_rest(
    fields: Mapping[str, Value], lines: Mapping[Path, int], used: list[Path], known: Mapping[str, Spec], shaped: Shaped
) -> None:
    for name, value in fields.items():
        inner = [path[1:] for path in used if path[0] == name]
        rest = _without(value, inner)
        if inner and _empty(rest):
            continue
        shaped.extra[name] = rest
        shaped.lines[(name,)] = lines.get((name,), 1)
        _note_unknown(name, (name,), known, shaped)


def _without(value: Value, used: list[Path]) -> Value:
    """Return a value without what has been read from inside it by a dotted name."""
    if () in used:
        return None
    if not used or not isinstance(value, dict):
        return value
    rest = {key: _without(inner, [path[1:] for path in used if path[0] == key]) for key, inner in value.items()}
    return {key: inner for key, inner in rest.items() if not _empty(inner)}


def _note_unknown(name: str, path: Path, known: Mapping[str, Spec], shaped: Shaped) -> None:
    if near := nearest(name, known, cutoff=80):
        shaped.note("misspelt-field", path, f"there is no field `{name}`", did_you_mean(name, near))
    else:
        # Inside a mapping of ours there is no place to show it.
        fate = "is kept and shown as it is" if len(path) == 1 else "is no field here and is not shown"
        shaped.note("unknown-field", path, f"`{name[:60]}` {fate}")


@dataclass(slots=True)
class _Words:
    """Turns words, short forms and references into their standard form, in place."""

    config: Config
    shaped: Shaped

    def part(self, data: dict[str, Any], part: type[Part], path: Path) -> None:
        known = specs(part)
        for name in list(data):
            if name not in known:
                if path:
                    _note_unknown(name, (*path, name), known, self.shaped)
                continue
            value = self.value(data[name], known[name], (*path, name))
            if _empty(value):
                del data[name]
            else:
                data[name] = value
        if part is Source:
            self.address(data, path)

    def value(self, value: Any, spec: Spec, path: Path) -> Any:
        if spec.mapping and isinstance(value, dict):
            inner = replace(spec, mapping=False, many=True)
            return {key: self.value(entry, inner, (*path, key)) for key, entry in value.items()}
        if spec.many:
            listed = value if isinstance(value, list) else [value]
            one = replace(spec, many=False)
            return [
                made
                for i, v in enumerate(listed)
                if not _empty(v) and not _empty(made := self.value(v, one, (*path, i)))
            ]
        if spec.part is not None:
            return self.inner(value, spec.part, path)
        if isinstance(value, str):
            return self.text(value, spec, path)
        return value

    def inner(self, value: Any, part: type[Part], path: Path) -> Any:
        if isinstance(value, str) and part.shorthand:
            value = {part.shorthand: value}
        if isinstance(value, dict):
            self.part(value, part, path)
        return value

    def text(self, value: str, spec: Spec, path: Path) -> str:
        if spec.moment and self.config.time.zone is None and is_naive(value):
            self.shaped.note("naive-time", path, f"`{value}` has no offset; it is read as UTC", "")
        if spec.prose and "[[" in value:
            self.shaped.prose.append((value, path))
        return self.word(value, spec.words, path) if spec.words else value

    def word(self, value: str, name: str, path: Path) -> str:
        listed, theirs = self.config.words_of(name), self.config.translations(name)
        found = theirs.get(word(value), word(value))
        if not listed or found in listed or not found:
            return found if listed or word(value) in theirs else value.strip()
        if near := nearest(found, listed, cutoff=80):
            self.shaped.note("misspelt-word", path, f"`{value}` is not in the list {name}", did_you_mean(found, near))
        else:
            self.shaped.note("unknown-word", path, f"`{value[:60]}` is not in the list {name}", "")
        return value.strip()

    def address(self, data: dict[str, Any], path: Path) -> None:
        url = data.get("url")
        if not isinstance(url, str) or url.lower().startswith(("https://", "http://")):
            return
        if ":" in url.split("/")[0]:
            self.shaped.note("unsafe-link", (*path, "url"), f"`{url[:60]}` is no http or https address", "")
        title = data.get("title")
        data["title"] = f"{title} {url}" if isinstance(title, str) else title or url
        del data["url"]
