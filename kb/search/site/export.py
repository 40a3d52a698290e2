"""The index of the site: what a browser needs to answer as `kb search` does, in small scripts.

`head.js` tells of every record how long it is, which facts it has and its day. Beside it, in a folder named after
their content, lie the parts, which are loaded when a query needs them: `p*` the postings of a range of stems, `q*` where in the
records these stand, `w*` exact words in order, `t*` what is shown of a few records, and `more`, the facts that are
rarely asked for. A part is a script that hands its data to `kbSearch.put`, so that it loads from a folder on disk too.

Records are numbered in the order in which equals are shown. Numbers are written as characters, see `numbers`; lists of
records as the gaps between them. docs/decisions/0008-search-in-the-browser.md says why it is made from the records and
not read out of the index of `kb search`. Compromise: a record that is added renumbers the others, so every part is
written anew with each build.
"""

import gc
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from kb.records.model import Record
from kb.search.document import FACETS, OTHERS
from kb.search.site.columns import Columns, columns
from kb.search.site.facts import values_of
from kb.search.site.numbers import encoded
from kb.search.site.postings import Part, posting_parts, word_parts

# Records of which one part says what is shown.
SHOWN = 4

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def export(
    records: Iterable[Record], address: Callable[[Record], str], settings: str = "", kept: Path | None = None
) -> Iterator[tuple[str, bytes]]:
    """Yield the files of the index: name and content. The same records give the same files.

    Args:
        records: what can be found.
        address: where the page of a record lies, from the top of the site.
        settings: what beside the files decides what the records say; see `columns`.
        kept: a file to keep the records' words in, or None.
    """
    with _no_collector():
        files = _files(records, address, settings, kept)
    yield from files.items()


@contextmanager
def _no_collector() -> Iterator[None]:
    """Keep Python from looking for cycles: none are made here, and it would walk through all the records meanwhile."""
    is_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if is_on:
            gc.enable()


def _files(
    records: Iterable[Record], address: Callable[[Record], str], settings: str, kept: Path | None
) -> Mapping[str, bytes]:
    shown = _ordered(records)
    found = columns(shown, settings, kept)
    files: dict[str, bytes] = {}
    firsts: dict[str, list[str]] = {"p": [], "w": []}
    for name, first, data in _parts(found):
        files[f"{name}.js"] = _script(name, _json(data))
        firsts.get(name[0], []).append(first)
    about = [_json([one.id, one.title, address(one)]) for one in shown]
    for number in range(0, len(about), SHOWN):
        some = range(number, min(number + SHOWN, len(about)))
        # [id, title, address, text]
        data = b",".join(b"%s,%s]" % (about[n][:-1], found.shown[n]) for n in some)
        files[f"t{number // SHOWN}.js"] = _script(f"t{number // SHOWN}", b"[%s]" % data)
    head = {**_head(found, shown), "stems": firsts["p"], "words": firsts["w"]}
    version = _digest([_json(head), *files.values()])
    named = {f"{version}/{name}": content for name, content in files.items()}
    return {"head.js": _script("head", _json({"version": version, **head})), **named}


def _ordered(records: Iterable[Record]) -> Sequence[Record]:
    """Return the records as `kb.search.search` orders equals: newest first, those without a day last, then by name."""
    by_name = sorted(records, key=lambda one: (one.id, one.path))
    return sorted(by_name, key=_day, reverse=True)


def _day(record: Record) -> int:
    """Return the day of a record as a number, 0 where it has none."""
    when = record.when
    return when.day.toordinal() if when else 0


def _json(data: Any) -> bytes:
    return _ENCODER.encode(data).encode(errors="replace")


def _script(name: str, data: bytes) -> bytes:
    return b'kbSearch.put("%s",%s);\n' % (name.encode(), data)


def _digest(contents: Iterable[bytes]) -> str:
    digest = blake2b(digest_size=6)
    for content in contents:
        digest.update(content)
    return digest.hexdigest()


def _head(found: Columns, records: Sequence[Record]) -> Mapping[str, Any]:
    days = [day for day in map(_day, records) if day]
    return {
        "total": len(records),
        "lengths": [encoded(lengths) for lengths in found.lengths.T],
        "newest": days[0] if days else 0,
        "days": encoded(np.array([a - b for a, b in pairwise(days)], np.int64)),
        "facts": values_of(found.facts, [name for name in FACETS if name != "year"]),
        "kinds": sorted({one.kind_of_record for one in records}),
        "shown": SHOWN,
    }


def _parts(found: Columns) -> Iterator[Part]:
    yield from posting_parts(found.table)
    yield from word_parts(found.table)
    yield "more", "", values_of(found.facts, OTHERS)
