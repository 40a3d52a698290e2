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

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from kb.records.model import Record
from kb.search.document import FACETS, OTHERS, Document, document
from kb.search.site.columns import FIELDS, SPAN, Columns, columns
from kb.search.site.numbers import Listed, encoded, encoded_rows
from kb.search.site.postings import Part, posting_parts, word_parts

# Records of which one part says what is shown.
SHOWN = 4


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
    shown = _ordered([(document(record), record) for record in records])
    documents = [one for one, _ in shown]
    found = columns([record for _, record in shown], settings, kept)
    files: dict[str, bytes] = {}
    firsts: dict[str, list[str]] = {"p": [], "w": []}
    for name, first, data in _parts(found, documents, [address(record) for _, record in shown]):
        files[f"{name}.js"] = _script(name, data)
        firsts.get(name[0], []).append(first)
    head = {**_head(found, documents), "stems": firsts["p"], "words": firsts["w"]}
    version = _digest([json.dumps(head).encode(), *files.values()])
    yield "head.js", _script("head", {"version": version, **head})
    yield from ((f"{version}/{name}", content) for name, content in files.items())


def _ordered(shown: list[tuple[Document, Record]]) -> list[tuple[Document, Record]]:
    """Return the records as `kb.search.search` orders equals: newest first, those without a day last, then by name."""
    by_name = sorted(shown, key=lambda one: (one[0].id, one[0].path))
    return sorted(by_name, key=lambda one: one[0].day, reverse=True)


def _script(name: str, data: Any) -> bytes:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f'kbSearch.put("{name}",{text});\n'.encode(errors="replace")


def _digest(contents: Iterable[bytes]) -> str:
    digest = blake2b(digest_size=6)
    for content in contents:
        digest.update(content)
    return digest.hexdigest()


def _head(found: Columns, documents: Sequence[Document]) -> Mapping[str, Any]:
    record = np.repeat(np.arange(len(documents)), np.diff(found.starts))
    field = found.places.astype(np.int64) // SPAN
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
    spelt: defaultdict[str, Counter[str]] = defaultdict(Counter)
    held: defaultdict[str, list[int]] = defaultdict(list)
    for number, one in enumerate(documents):
        for key, value in one.facts.get(name, {}).items():
            spelt[key][value] += 1
            held[key].append(number)
    keys = sorted(held, key=lambda key: (-len(held[key]), key))
    best = [min(spelt[key], key=lambda value: (-spelt[key][value], value)) for key in keys]
    gaps = [after - before - 1 for key in keys for before, after in pairwise([-1, *held[key]])]
    texts = encoded_rows(Listed(np.array(gaps, np.int32), np.cumsum([len(held[key]) for key in keys], dtype=np.int64)))
    return list(zip(keys, best, texts, strict=True))


def _parts(found: Columns, documents: Sequence[Document], addresses: Sequence[str]) -> Iterator[Part]:
    yield from posting_parts(found, len(documents))
    yield from word_parts(found)
    for number in range(0, len(documents), SHOWN):
        some = range(number, min(number + SHOWN, len(documents)))
        yield f"t{number // SHOWN}", "", [_shown(documents[n], addresses[n], found.shown[n]) for n in some]
    yield "more", "", _facts(documents, OTHERS)


def _shown(one: Document, address: str, text: bytes) -> Sequence[str]:
    return (one.id, one.title, address, text.decode())
