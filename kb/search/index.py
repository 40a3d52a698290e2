"""The index on disk, in the user's own cache folder. This is the one module that knows Whoosh.

Whoosh reads its files with pickle, which runs what they say. So an index never lies in the knowledge base, where it
could come with a stranger's commit; see docs/decisions/0007-search-index.md.

Every field of `rank.WEIGHTS` is a Whoosh field of its own with positions; its terms are those of `terms`. The postings
of a term are one list of numbers in a form of our own, since Whoosh gives its own out one by one. What the scores need of
the whole, the number of records and the lengths, is kept beside it, see `state`, so that a ranking depends on the records
and not on the order in which they were indexed. An index that is damaged, or made by another version or configuration, is
made anew. One process writes at a time, the others wait; readers keep what they opened. Compromise: a file counts as
unchanged while its size and time are, as for `make`.
"""

import os
import shutil
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from hashlib import sha256
from heapq import merge
from itertools import accumulate, groupby, islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whoosh.codec.base import PostingsWriter
from whoosh.codec.whoosh3 import W3Codec
from whoosh.fields import ID, STORED, FieldType, Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.formats import Format
from whoosh.index import FileIndex
from whoosh.matching import ListMatcher
from whoosh.reading import TermNotFound
from whoosh.util.filelock import FileLock

from kb.config import NAME, Config
from kb.records.files import Found, find_paths
from kb.search.document import Document, document, fields_of, shown_of
from kb.search.place import place_of
from kb.search.rank import WEIGHTS, norm
from kb.search.state import Known, State, read_state, records_of, write_state
from kb.search.terms import EXACT_MARK, words

if TYPE_CHECKING:
    from kb.records.model import Record

# Raised whenever what is stored, or how text becomes terms, changes.
FORMAT = 3

# The kind and the path of the folder that a file lies in.
_Home = tuple[str, str]

_DAMAGED = "the search index was damaged; made anew"


@lru_cache(maxsize=len(WEIGHTS))
def _terms(text: str) -> tuple[tuple[str, ...], ...]:
    """The terms of each word of a field, found once: they are counted, and then Whoosh asks for them."""
    return tuple(word.terms for word in words(text))


class _Text(FieldType):  # type: ignore[misc]
    """Gives Whoosh the terms of a text; all forms of a word stand at one position.

    Where a term stands is kept of stems only, as no phrase asks for an exact term.
    """

    def index(self, value: str, **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        found: defaultdict[str, list[int]] = defaultdict(list)
        for place, terms in enumerate(_terms(value)):
            for term in terms:
                found[term].append(place)
        for term, places in found.items():
            kept = b"" if term.startswith(EXACT_MARK) else array("I", places).tobytes()
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


# How many bytes a number takes in the postings.
_SIZE = array("I").itemsize


class _PostingsWriter(PostingsWriter):  # type: ignore[misc]
    """Writes the postings of a term as numbers: how many records and places, which records, how often in each, the places.

    They are written at once, and what Whoosh keeps of a term for its own scores stays empty: `rank` makes ours.
    """

    def __init__(self, file: Any) -> None:
        self._file = file

    def start_postings(self, _: Format, terminfo: Any) -> None:
        self._terminfo = terminfo
        self._ids, self._counts, self._places = array("I"), array("I"), bytearray()

    def add_posting(self, number: int, weight: float, places: bytes, length: int | None = None) -> None:
        self._ids.append(number)
        self._counts.append(int(weight))
        self._places += places

    def finish_postings(self) -> Any:
        places = array("I", bytes(self._places))
        start = self._file.tell()
        self._file.write((array("I", (len(self._ids), len(places))) + self._ids + self._counts + places).tobytes())
        self._terminfo.set_extent(start, self._file.tell() - start)
        return self._terminfo

    def written(self) -> bool:
        return False


class _Postings(ListMatcher):  # type: ignore[misc]
    """The postings of a term in one part of the index. Whoosh walks through them when it puts parts together."""

    @classmethod
    def read(cls, file: Any, start: int, **about: Any) -> "_Postings":
        found, places = array("I", file.get(start, 2 * _SIZE))
        data = array("I", file.get(start + 2 * _SIZE, (2 * found + places) * _SIZE))
        return cls(data[:found], data[found : 2 * found], data[2 * found :], **about)

    @property
    def ids(self) -> Sequence[int]:
        return self._ids  # type: ignore[no-any-return]

    @property
    def counts(self) -> Sequence[int]:
        return self._weights  # type: ignore[no-any-return]

    @cached_property
    def places(self) -> "Sequence[array[int]]":
        """The places in each record."""
        return [self._values[first:last] for first, last in pairwise(accumulate(self.counts, initial=0))]

    def value(self) -> bytes:
        return self.places[self._i].tobytes()


class _Codec(W3Codec):  # type: ignore[misc]
    length_stats = False

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> _PostingsWriter:
        return _PostingsWriter(dbfile)

    def postings_reader(self, dbfile: Any, terminfo: Any, format_: Format, **about: Any) -> _Postings:
        # Whoosh wraps the length once too often, so the postings begin with it.
        start, _ = terminfo.extent()
        return _Postings.read(dbfile, start, format=format_, **about)


def _schema() -> Schema:
    fields = {name: _Text(Format(), None) for name in WEIGHTS}
    return Schema(path=ID(unique=True, sortable=True), text=STORED(), **fields)


class Index:
    """An open index. Records are known by their number, which is good for as long as it is open."""

    def __init__(self, index: FileIndex, state: State) -> None:
        self._reader = index.reader()
        self._parts = [part for part in self._reader.leaf_readers() if part[0].doc_count_all()]
        self._records = state.records
        self._gone = frozenset(number for number, path in enumerate(state.records.paths) if not path)
        self.total = len(state.records.paths) - len(self._gone)
        self.postings = cache(self._postings)
        self._norms = cache(self._read_norms)
        self._places = cache(self._read_places)

    def _postings(self, term: str) -> Mapping[int, float]:
        """Return by record number how often the term stands there, weighed by field and length."""
        found: dict[int, float] = {}
        for name, weight in WEIGHTS.items():
            for numbers, one in self._read(name, term):
                norms = self._norms(name)
                values = [weight * count / norms[number] for number, count in zip(numbers, one.counts, strict=True)]
                if found:
                    # A record is in one part, so what is there already is of another field.
                    values = [value + found.get(number, 0.0) for number, value in zip(numbers, values, strict=True)]
                found.update(zip(numbers, values, strict=True))
        for number in self._gone.intersection(found):
            del found[number]
        return found

    def _read(self, name: str, term: str) -> Iterator[tuple[Sequence[int], _Postings]]:
        """Yield the postings of a term in a field from each part of the index, with the numbers of their records."""
        for part, first in self._parts:
            try:
                found = part.postings(name, term)
            except TermNotFound:
                continue
            # Where records are gone Whoosh wraps the postings in a filter; `_gone` knows them too.
            one: _Postings = getattr(found, "child", found)
            yield ([first + number for number in one.ids] if first else one.ids), one

    def _read_norms(self, name: str) -> Sequence[float]:
        """Return by record number what a frequency in the field is divided by."""
        lengths = self._records.lengths[name]
        mean = sum(lengths) / max(1, self.total)
        known = {length: norm(length, mean) for length in set(lengths)}
        return [known[length] for length in lengths]

    def phrase(self, terms: tuple[str, ...]) -> frozenset[int]:
        """Return the records in which the terms stand in this order, one after another, in one field."""
        return frozenset(number for name in WEIGHTS for number in self._phrase(name, terms))

    def _phrase(self, name: str, terms: tuple[str, ...]) -> Iterator[int]:
        places = [self._places(name, term) for term in terms]
        if not places or not all(places):
            return
        for number, first in places[0].items():
            if any(all(start + n in at.get(number, ()) for n, at in enumerate(places)) for start in first):
                yield number

    def _read_places(self, name: str, term: str) -> Mapping[int, frozenset[int]]:
        found = {
            number: frozenset(places)
            for numbers, one in self._read(name, term)
            for number, places in zip(numbers, one.places, strict=True)
        }
        return {number: places for number, places in found.items() if number not in self._gone}

    def beginning(self, prefix: str, limit: int) -> tuple[str, ...]:
        """Return exact terms that begin with a folded prefix, at most `limit`, in order."""
        found = merge(*(self._reader.expand_prefix(name, EXACT_MARK + prefix) for name in WEIGHTS))
        # Whoosh keeps the terms of a record that is gone for a while.
        return tuple(islice(filter(self.postings, (term.decode() for term, _ in groupby(found))), limit))

    def vocabulary(self, beginning: str = "") -> Iterator[str]:
        """Yield every word that some record holds, or held before it changed, folded, of those that begin so."""
        for name in WEIGHTS:
            yield from (term.decode()[1:] for term in self._reader.expand_prefix(name, EXACT_MARK + beginning))

    def numbers(self) -> Iterator[int]:
        """Return the numbers of all records."""
        return self._records.numbers()

    def document(self, number: int) -> Document:
        """Return what is shown of a record."""
        return self._records.document(number)

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
    place = place_of(root, "search")
    homes = {path: (kind, folder) for kind, folder, paths in find_paths(root, config) for path in paths}
    wanted = State(FORMAT, _fingerprint(root), dict(_signed(root, homes)))
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
        return Opened(_update(place, root, config, homes, wanted), fault)
    finally:
        lock.release()


def _storage(place: Path) -> FileStorage:
    """Return Whoosh's access to its files. Mapped into memory it would copy all of them."""
    return FileStorage(str(place), supports_mmap=False)


def _signed(root: Path, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    for path in paths:
        try:
            yield path, _signature(f"{root}/{path}")
        except OSError:
            continue


def _fingerprint(root: Path) -> str:
    return sha256((root / NAME).read_bytes()).hexdigest()


def _as_it_is(place: Path, wanted: State) -> tuple[Index | None, str]:
    """Return the index where it fits; else None and why it must be made anew, "" where bringing it up to date will do."""
    if not (place / "state.json").exists():
        is_begun = place.exists() and any(place.iterdir())
        return None, "the search index was not finished; made anew" if is_begun else ""
    try:
        state = _read_state(place, wanted)
        if state is None:
            return None, "the search index was made by another version or configuration; made anew"
        if state.parts != _parts(place):
            return None, _DAMAGED
        if state.files != wanted.files:
            return None, ""
        opened = Index(FileIndex(_storage(place)), state)
        # Another process may have changed it in between, and then the numbers of records are not those of the state.
        return (opened, "") if state.parts == _parts(place) else (None, _DAMAGED)
    except Exception:  # Whatever a damaged file makes Whoosh raise.
        return None, _DAMAGED


def _parts(place: Path) -> Mapping[str, str]:
    """Return the signatures of Whoosh's files: damage inside of one shows when it is read, and that may be never."""
    kept = (path for path in place.iterdir() if path.suffix in (".toc", ".seg"))
    return {path.name: _signature(path) for path in kept}


def _signature(path: Path | str) -> str:
    status = os.stat(path)  # noqa: PTH116  Ten thousand paths made from texts would take as long again.
    return f"{status.st_size} {status.st_mtime_ns}"


def _read_state(place: Path, wanted: State) -> State | None:
    return _parsed(place / "state.json", _signature(place / "state.json"), wanted.format, wanted.config)


@lru_cache(maxsize=1)
def _parsed(path: Path, _: str, format_: int, config: str) -> State | None:
    """Read a state, once while its file is the same: what it says is asked for before and after waiting for the others."""
    return read_state(path, format_, config)


def _update(place: Path, root: Path, config: Config, homes: Mapping[str, _Home], wanted: State) -> Index:
    storage = _storage(place)
    is_new = not (place / "state.json").exists()
    before = (None if is_new else _read_state(place, wanted)) or State(FORMAT, wanted.config, {})
    index = storage.create_index(_schema()) if is_new else FileIndex(storage)
    changed = [_found(path, homes) for path in wanted.files if before.files.get(path) != wanted.files[path]]
    stale = {path for path in before.files if before.files[path] != wanted.files.get(path)}
    records = {path: known for path, known in before.records.by_path().items() if path not in stale}
    # The state goes first: a process that is killed in between leaves an index that says it is not finished.
    (place / "state.json").unlink(missing_ok=True)
    records.update(_write(index, root, config, stale, changed))
    index = FileIndex(storage)
    state = replace(wanted, records=records_of(_in_order(index, records)), parts=_parts(place))
    write_state(place / "state.json", state)
    return Index(index, state)


def _found(path: str, homes: Mapping[str, _Home]) -> Found:
    kind, folder = homes[path]
    return Found(kind, path, folder)


def _write(
    index: FileIndex, root: Path, config: Config, stale: Iterable[str], changed: Iterable[Found]
) -> Mapping[str, Known]:
    """Take stale records out of the index and put changed ones in; return what is known of these."""
    # A search that finds everything as it was reads no record, and is done before this would have been imported.
    from kb.records.read import read_file

    writer = index.writer(codec=_Codec())
    writer.pool = _Pool()
    for path in sorted(stale):
        writer.delete_by_term("path", path)
    records: dict[str, Known] = {}
    for found in changed:
        record, _ = read_file(root, found, config)
        if record is not None:
            records[found.path] = (document(record), _add(writer, record))
    writer.commit()
    return records


def _in_order(index: FileIndex, records: Mapping[str, Known]) -> list[Known | None]:
    """Return what is known of the records by the numbers that Whoosh gave them, None for one that is gone."""
    with index.reader() as reader:
        # The reader of an empty index has no columns.
        paths = reader.column_reader("path") if reader.doc_count_all() else ()
        return [None if reader.is_deleted(number) else records[path] for number, path in enumerate(paths)]


def _add(writer: Any, record: "Record") -> Mapping[str, int]:
    """Index a record and return the number of its terms by field."""
    fields = fields_of(record)
    lengths = {name: sum(map(len, _terms(fields[name]))) for name in WEIGHTS}
    writer.add_document(path=record.path, text=shown_of(fields), **fields)
    return lengths
