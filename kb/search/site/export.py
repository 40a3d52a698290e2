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
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from kb.records.model import Record
from kb.search.document import FACETS, OTHERS, Document, document
from kb.search.site.columns import FIELDS, SHIFT, Columns, columns
from kb.search.site.numbers import Listed, encoded, encoded_rows
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
    shown = _ordered([(document(record), record) for record in records])
    documents = [one for one, _ in shown]
    found = columns([record for _, record in shown], settings, kept)
    files: dict[str, bytes] = {}
    firsts: dict[str, list[str]] = {"p": [], "w": []}
    for name, first, data in _parts(found, documents):
        files[f"{name}.js"] = _script(name, _json(data))
        firsts.get(name[0], []).append(first)
    about = [_json([one.id, one.title, address(record)]) for one, record in shown]
    for number in range(0, len(about), SHOWN):
        some = range(number, min(number + SHOWN, len(about)))
        # [id, title, address, text]
        data = b",".join(about[n][:-1] + b"," + found.shown[n] + b"]" for n in some)
        files[f"t{number // SHOWN}.js"] = _script(f"t{number // SHOWN}", b"[" + data + b"]")
    head = {**_head(found, documents), "stems": firsts["p"], "words": firsts["w"]}
    version = _digest([_json(head), *files.values()])
    named = {f"{version}/{name}": content for name, content in files.items()}
    return {"head.js": _script("head", _json({"version": version, **head})), **named}


def _ordered(shown: list[tuple[Document, Record]]) -> list[tuple[Document, Record]]:
    """Return the records as `kb.search.search` orders equals: newest first, those without a day last, then by name."""
    by_name = sorted(shown, key=lambda one: (one[0].id, one[0].path))
    return sorted(by_name, key=lambda one: one[0].day, reverse=True)


def _json(data: Any) -> bytes:
    return _ENCODER.encode(data).encode(errors="replace")


def _script(name: str, data: bytes) -> bytes:
    return b'kbSearch.put("%s",%s);\n' % (name.encode(), data)


def _digest(contents: Iterable[bytes]) -> str:
    digest = blake2b(digest_size=6)
    for content in contents:
        digest.update(content)
    return digest.hexdigest()


def _head(found: Columns, documents: Sequence[Document]) -> Mapping[str, Any]:
    record = np.repeat(np.arange(len(documents), dtype=np.int32), np.diff(found.starts))
    field = (found.places >> SHIFT).astype(np.int32)
    # As many terms as `kb.search.index` counts: an exact one and a stem for each.
    lengths = 2 * np.bincount(field * len(documents) + record, minlength=len(FIELDS) * len(documents))
    days = [date.fromisoformat(one.day).toordinal() for one in documents if one.day]
    return {
        "total": len(documents),
        "lengths": [encoded(lengths[n * len(documents) : (n + 1) * len(documents)]) for n in range(len(FIELDS))],
        "newest": days[0] if days else 0,
        "days": encoded(np.array([a - b for a, b in pairwise(days)], np.int64)),
        "facts": _facts(documents, [name for name in FACETS if name != "year"]),
        "kinds": sorted({one.kind for one in documents}),
        "shown": SHOWN,
    }


def _facts(documents: Sequence[Document], names: Sequence[str]) -> Mapping[str, Any]:
    """Return for each name its values, most frequent first, as (slug, how it is written mostly, the records)."""
    return {name: _values(documents, name) for name in names}


def _values(documents: Sequence[Document], name: str) -> Sequence[tuple[str, str, str]]:
    spelt: defaultdict[str, list[str]] = defaultdict(list)
    held: defaultdict[str, list[int]] = defaultdict(list)
    for number, one in enumerate(documents):
        for key, value in one.facts.get(name, {}).items():
            spelt[key].append(value)
            held[key].append(number)
    keys = sorted(held, key=lambda key: (-len(held[key]), key))
    best = [_most(spelt[key]) for key in keys]
    gaps = [after - before - 1 for key in keys for before, after in pairwise([-1, *held[key]])]
    texts = encoded_rows(Listed(np.array(gaps, np.int32), np.cumsum([len(held[key]) for key in keys], dtype=np.int64)))
    return list(zip(keys, best, texts, strict=True))


def _most(spellings: Sequence[str]) -> str:
    """Return the most frequent, the first by name of equals."""
    counts = Counter(spellings)
    return min(counts, key=lambda value: (-counts[value], value)) if len(counts) > 1 else spellings[0]


def _parts(found: Columns, documents: Sequence[Document]) -> Iterator[Part]:
    yield from posting_parts(found, len(documents))
    yield from word_parts(found)
    yield "more", "", _facts(documents, OTHERS)
