"""The index on disk, in the user's own cache folder. This is the one module that knows Whoosh.

Whoosh reads its files with pickle, which runs what they say. So an index never lies in the knowledge base, where it
could come with a stranger's commit; see docs/decisions/0007-search-index.md.

Every field of `rank.WEIGHTS` is a Whoosh field of its own with positions; its terms are those of `terms`. What the
scores need of the whole, the number of records and the mean lengths, is kept beside it, so that a ranking depends on
the records and not on the order in which they were indexed. An index that is damaged, or made by another version or
configuration, is made anew. One process writes at a time, the others wait; readers keep what they opened. Compromise: a
file counts as unchanged while its size and time are, as for `make`.
"""

import json
import os
import shutil
from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from hashlib import sha256
from heapq import merge
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import platformdirs
from whoosh.codec.whoosh3 import W3Codec, W3FieldWriter
from whoosh.fields import ID, STORED, FieldType, Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.formats import Format
from whoosh.index import FileIndex
from whoosh.util.filelock import FileLock

from kb.config import NAME, Config
from kb.records.model import Record
from kb.records.read import Found, find_files, read_file
from kb.search.document import Document, document, fields_of
from kb.search.rank import WEIGHTS, norm
from kb.search.terms import EXACT_MARK, words

# Raised whenever what is stored, or how text becomes terms, changes.
FORMAT = 2

Signature = tuple[int, int]

_DAMAGED = "the search index was damaged; made anew"


@lru_cache(maxsize=len(WEIGHTS))
def _terms(text: str) -> tuple[tuple[str, ...], ...]:
    """The terms of each word of a field, found once: they are counted, and then Whoosh asks for them."""
    return tuple(word.terms for word in words(text))


class _Text(FieldType):  # type: ignore[misc]
    """Gives Whoosh the terms of a text; all forms of a word stand at one position.

    Where a term stands is kept of stems only, as no phrase asks for an exact term. A posting cannot be quite empty.
    """

    def index(self, value: str, **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        found: defaultdict[str, list[int]] = defaultdict(list)
        for place, terms in enumerate(_terms(value)):
            for term in terms:
                found[term].append(place)
        for term, places in found.items():
            kept = b"\0" if term.startswith(EXACT_MARK) else array("I", places).tobytes()
            yield term.encode(), len(places), float(len(places)), kept


class _Pool:
    """Collects the postings of a writer by their term, in memory. Whoosh's own sorts each of them, and most on disk."""

    def __init__(self) -> None:
        self._found: defaultdict[tuple[str, bytes], list[Any]] = defaultdict(list)

    def add(self, item: tuple[str, bytes, int, float, bytes]) -> None:
        name, term, *posting = item
        self._found[name, term] += posting

    def iter_postings(self) -> Iterator[tuple[str, bytes, int, float, bytes]]:
        for name, term in sorted(self._found):
            parts = iter(self._found.pop((name, term)))
            yield from ((name, term, *posting) for posting in zip(parts, parts, parts, strict=True))

    def cleanup(self) -> None:
        self._found.clear()


class _FieldWriter(W3FieldWriter):  # type: ignore[misc]
    """Writes postings without a look at the length of their field, which the state knows."""

    def add(self, docnum: int, weight: float, vbytes: bytes, length: int) -> None:
        self._postwriter.add_posting(docnum, weight, vbytes, 1)


class _Codec(W3Codec):  # type: ignore[misc]
    length_stats = False

    def field_writer(self, storage: Any, segment: Any) -> _FieldWriter:
        return _FieldWriter(self, storage, segment)


def _schema() -> Schema:
    fields = {name: _Text(Format(), None) for name in WEIGHTS}
    return Schema(path=ID(unique=True, sortable=True), text=STORED(), **fields)


@dataclass(frozen=True, slots=True)
class State:
    """What the index was made from, and what is known of its records without asking Whoosh.

    `files` are all files by their path; `records` those that could be read, each with the number of its terms by field;
    `parts` the files of Whoosh.
    """

    format: int
    config: str
    files: Mapping[str, Signature]
    records: Mapping[str, tuple[Document, Mapping[str, int]]]
    parts: Mapping[str, Signature] = field(default_factory=dict)

    def mean(self, name: str) -> float:
        """Return the mean length of a field, in terms."""
        return sum(lengths[name] for _, lengths in self.records.values()) / max(1, len(self.records))


class Index:
    """An open index. Records are known by their number, which is good for as long as it is open."""

    def __init__(self, index: FileIndex, state: State) -> None:
        self._reader = index.reader()
        self.total = len(state.records)
        # The reader of an empty index has no columns.
        paths = self._reader.column_reader("path") if self.total else ()
        self._records = {number: state.records[path] for number, path in enumerate(paths) if path in state.records}
        self._means = {name: state.mean(name) for name in WEIGHTS}
        self.postings = cache(self._postings)
        self._places = cache(self._read_places)

    def _postings(self, term: str) -> Mapping[int, float]:
        """Return by record number how often the term stands there, weighed by field and length."""
        found: dict[int, float] = {}
        for name, weight in WEIGHTS.items():
            if (name, term) not in self._reader:
                continue
            matcher, mean = self._reader.postings(name, term), self._means[name]
            while matcher.is_active():
                number = matcher.id()
                length = self._records[number][1][name]
                found[number] = found.get(number, 0.0) + weight * matcher.weight() / norm(length, mean)
                matcher.next()
        return found

    def phrase(self, terms: tuple[str, ...]) -> frozenset[int]:
        """Return the records in which the terms stand in this order, one after another, in one field."""
        return frozenset(number for name in WEIGHTS for number in self._phrase(name, terms))

    def _phrase(self, name: str, terms: tuple[str, ...]) -> Iterator[int]:
        if not terms or any((name, term) not in self._reader for term in terms):
            return
        places = [self._places(name, term) for term in terms]
        for number, first in places[0].items():
            if any(all(start + n in at.get(number, ()) for n, at in enumerate(places)) for start in first):
                yield number

    def _read_places(self, name: str, term: str) -> Mapping[int, frozenset[int]]:
        matcher, found = self._reader.postings(name, term), {}
        while matcher.is_active():
            found[matcher.id()] = frozenset(array("I", matcher.value()))
            matcher.next()
        return found

    def beginning(self, prefix: str, limit: int) -> tuple[str, ...]:
        """Return exact terms that begin with a folded prefix, at most `limit`, in order."""
        found = merge(*(self._reader.expand_prefix(name, EXACT_MARK + prefix) for name in WEIGHTS))
        # Whoosh keeps the terms of a record that is gone for a while.
        return tuple(islice(filter(self.postings, (term.decode() for term, _ in groupby(found))), limit))

    def vocabulary(self) -> Iterator[str]:
        """Yield every word that some record holds, or held before it changed, as it is written but folded."""
        for name in WEIGHTS:
            yield from (term.decode()[1:] for term in self._reader.expand_prefix(name, EXACT_MARK))

    def numbers(self) -> Iterator[int]:
        """Yield the numbers of all records."""
        yield from self._reader.all_doc_ids()

    def document(self, number: int) -> Document:
        """Return what is shown of a record."""
        return self._records[number][0]

    def text(self, number: int) -> str:
        """Return the text of a record that passages are taken from."""
        return str(self._reader.stored_fields(number)["text"])


@dataclass(frozen=True, slots=True)
class Opened:
    """An index that fits the records as they are now. `said` is what happened to the last one, "" where nothing is to tell."""

    index: Index
    said: str


def open_index(root: Path, config: Config) -> Opened:
    """Return the index of the knowledge base in `root`, brought up to date.

    Raises:
        OSError: it cannot be written.
    """
    place = place_of(root)
    files = dict(_signed(root, config))
    wanted = State(FORMAT, _fingerprint(root), {found.path: signature for found, signature in files.items()}, {})
    opened, fault = _as_it_is(place, wanted)
    if opened is not None:
        return Opened(opened, "")
    place.mkdir(parents=True, exist_ok=True)
    lock = FileLock(str(place.with_suffix(".lock")))
    lock.acquire(blocking=True)
    try:
        # Another process may have done it in the meantime.
        opened, fault = _as_it_is(place, wanted)
        if opened is not None:
            return Opened(opened, "")
        if fault:
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(parents=True, exist_ok=True)
        return Opened(_update(place, root, config, files, wanted), fault)
    finally:
        lock.release()


def place_of(root: Path) -> Path:
    """Return the folder of a knowledge base's index."""
    return (
        platformdirs.user_cache_path("afteraction") / "search" / sha256(str(root.resolve()).encode()).hexdigest()[:16]
    )


def _storage(place: Path) -> FileStorage:
    """Return Whoosh's access to its files. Mapped into memory it would copy all of them."""
    return FileStorage(str(place), supports_mmap=False)


def _signed(root: Path, config: Config) -> Iterator[tuple[Found, Signature]]:
    for found in find_files(root, config):
        try:
            signature = _signature(f"{root}/{found.path}")
        except OSError:
            continue
        yield found, signature


def _fingerprint(root: Path) -> str:
    return sha256((root / NAME).read_bytes()).hexdigest()


def _as_it_is(place: Path, wanted: State) -> tuple[Index | None, str]:
    """Return the index where it fits; else None and why it must be made anew, "" where bringing it up to date will do."""
    if not (place / "state.json").exists():
        is_begun = place.exists() and any(place.iterdir())
        return None, "the search index was not finished; made anew" if is_begun else ""
    try:
        state = _read_state(place)
        if (state.format, state.config) != (wanted.format, wanted.config):
            return None, "the search index was made by another version or configuration; made anew"
        if state.parts != _parts(place):
            return None, _DAMAGED
        if state.files != wanted.files:
            return None, ""
        return Index(FileIndex(_storage(place)), state), ""
    except Exception:  # Whatever a damaged file makes Whoosh raise.
        return None, _DAMAGED


def _parts(place: Path) -> Mapping[str, Signature]:
    """Return the signatures of Whoosh's files: damage inside of one shows when it is read, and that may be never."""
    kept = (path for path in place.iterdir() if path.suffix in (".toc", ".seg"))
    return {path.name: _signature(path) for path in kept}


def _signature(path: Path | str) -> Signature:
    status = os.stat(path)  # noqa: PTH116  Ten thousand paths made from texts would take as long again.
    return status.st_size, status.st_mtime_ns


def _read_state(place: Path) -> State:
    return _parsed(place / "state.json", _signature(place / "state.json"))


@lru_cache(maxsize=1)
def _parsed(path: Path, _: Signature) -> State:
    """Read a state, once while its file is the same: what it says is asked for before and after waiting for the others."""
    data = json.loads(path.read_text(encoding="utf-8"))
    files, parts = ({path: (size, time) for path, (size, time) in data[name].items()} for name in ("files", "parts"))
    records = {path: (Document(path, *shown), lengths) for path, (shown, lengths) in data["records"].items()}
    return State(data["format"], data["config"], files, records, parts)


def _write_state(place: Path, state: State) -> None:
    records = {
        path: ((shown.id, shown.kind, shown.title, shown.day, shown.facts), lengths)
        for path, (shown, lengths) in state.records.items()
    }
    data = {
        "format": state.format,
        "config": state.config,
        "files": state.files,
        "records": records,
        "parts": state.parts,
    }
    temporary = place / "state.new"
    temporary.write_text(json.dumps(data), encoding="utf-8")
    temporary.replace(place / "state.json")


def _update(place: Path, root: Path, config: Config, files: Mapping[Found, Signature], wanted: State) -> Index:
    storage = _storage(place)
    is_new = not (place / "state.json").exists()
    before = State(FORMAT, wanted.config, {}, {}) if is_new else _read_state(place)
    index = storage.create_index(_schema()) if is_new else FileIndex(storage)
    changed = [found for found in files if before.files.get(found.path) != wanted.files[found.path]]
    stale = {path for path in before.files if before.files[path] != wanted.files.get(path)}
    # The state goes first: a process that is killed in between leaves an index that says it is not finished.
    (place / "state.json").unlink(missing_ok=True)
    # Packed postings would save a third of the disk and cost more time than all else in reading them.
    writer = index.writer(codec=_Codec(compression=0))
    writer.pool = _Pool()
    for path in sorted(stale):
        writer.delete_by_term("path", path)
    records = {path: known for path, known in before.records.items() if path not in stale}
    for found in changed:
        record, _ = read_file(root, found, config)
        if record is not None:
            records[found.path] = (document(record), _add(writer, record))
    writer.commit()
    state = replace(wanted, records=records, parts=_parts(place))
    _write_state(place, state)
    return Index(FileIndex(storage), state)


def _add(writer: Any, record: Record) -> Mapping[str, int]:
    """Index a record and return the number of its terms by field."""
    fields = fields_of(record)
    shown = "\n".join(filter(None, (fields["symptoms"], fields["prose"])))
    lengths = {name: sum(map(len, _terms(fields[name]))) for name in WEIGHTS}
    writer.add_document(path=record.path, text=shown, **fields)
    return lengths
