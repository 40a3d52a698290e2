"""The parts of an exported index, read again: a second reader, beside the browser's, that is written for clearness."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kb.search.rank import WEIGHTS
from kb.search.site.numbers import FIRST, ONE

FIELDS = tuple(WEIGHTS)


def data(script: bytes) -> Any:
    """Return what a part hands over."""
    text = script.decode()
    assert text.startswith("kbSearch.put(")
    assert text.endswith(");\n")
    return json.loads(text[text.index(",") + 1 : -3])


def parts(files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the data of all parts by name."""
    return {name.rpartition("/")[2].removesuffix(".js"): data(content) for name, content in files.items()}


def numbers(text: str) -> list[int]:
    """Return the numbers that a text stands for."""
    codes = iter(ord(letter) - FIRST - (ord(letter) > ord("\\")) for letter in text)
    return [code if code < ONE else (code - ONE) * ONE + next(codes) for code in codes]


def gaps(text: str) -> list[int]:
    """Return the records that a text of gaps lists."""
    found, last = [], -1
    for gap in numbers(text):
        last += gap + 1
        found.append(last)
    return found


def postings(part: Sequence[str]) -> Iterator[tuple[str, str, int, str, int]]:
    """Yield (stem, exact term, record, field, frequency)."""
    names, *rows = part
    for name, row in zip(names.split(" "), rows, strict=True):
        stem, *short = name.split(",")
        forms = [form[1:] if form.startswith("=") else stem + form for form in short]
        values, record = iter(numbers(row)), -1
        for gap in values:
            record += gap + 1
            is_last = False
            while not is_last:
                item, is_last = divmod(next(values), 2)
                rest, form = divmod(item, len(forms))
                frequency, field = divmod(rest, len(FIELDS))
                yield stem, forms[form], record, FIELDS[field], frequency + 1
