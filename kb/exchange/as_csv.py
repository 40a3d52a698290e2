"""A table as CSV: RFC 4180, UTF-8 without a byte order mark, texts quoted, what is unknown empty.

A spreadsheet runs a cell that begins like a formula, whoever wrote it, so such a text gets an apostrophe before it (OWASP, "CSV
Injection"). A program that expects another separator splits a text at semicolons, tabs and line ends, so it gets one there too.
Compromise: the apostrophe is seen in the file and in most spreadsheets; `restored` takes it away again, and the other
formats keep texts as they are.
"""

import re
from collections.abc import Iterator

from kb.exchange.table import Export, Filled, Type, Value

# Microsoft Excel's limit for the characters of a cell; LibreOffice Calc takes more.
MOST = 32_767

_SEPARATORS = "\t\n\r"
# The wide signs are what a Japanese keyboard gives for the narrow ones.
_SIGNS = "=+@＝＋－＠-"
# What some spreadsheets skip before a formula: blanks, marks that show nothing, quotes.
_SKIPPED = " \x0b\x0c\x1c-\x1f\x85\xa0\u1680\u2000-\u200f\u2028\u2029\u202f\u205f\u2060\u3000\ufeff\"'`\u2018-\u201f"
_BEGINNING, _WITHIN = f"[{_SKIPPED}]*[{_SEPARATORS}{_SIGNS}]", f"[{_SKIPPED}]*[{_SIGNS}]"
_DANGER = re.compile(f"^(?={_BEGINNING})|(?<=[;{_SEPARATORS}])(?={_WITHIN})")
_ARMED = re.compile(f"^'(?={_BEGINNING})|(?<=[;{_SEPARATORS}])'(?={_WITHIN})")


def content(table: Filled) -> bytes:
    """Return the file's content: a line of names, then a line a row, each ended by CR and LF."""
    lines = [",".join(map(_quoted, (column.name for column in table.columns)))]
    lines += [",".join(map(_cell, row)) for row in table.rows]
    return "".join(f"{line}\r\n" for line in lines).encode()


def _cell(value: Value) -> str:
    match value:
        case None:
            return ""
        case str():
            return _quoted(harmless(value))
        case bool():
            return str(value).lower()
        case float() if value.is_integer():
            return str(int(value))
    return str(value)


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def harmless(text: str) -> str:
    """Return a text with an apostrophe wherever a spreadsheet might see a cell that begins with a formula."""
    return _DANGER.sub("'", text)


def restored(text: str) -> str:
    """Return the text of which `harmless` made this one."""
    return _ARMED.sub("", text)


def too_long(export: Export) -> Iterator[tuple[str, str, Value]]:
    """Yield (table, column, id of the record) of each text that has more characters than a spreadsheet's cell takes."""
    for table in export.tables:
        for place, column in enumerate(table.columns):
            if column.type is Type.TEXT:
                yield from (
                    (table.name, column.name, row[0])
                    for row in table.rows
                    if isinstance(text := row[place], str) and len(text) > MOST
                )
