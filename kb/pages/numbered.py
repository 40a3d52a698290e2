"""Numbered pages: rows cut into parts, a page each.

What tells of all rows together stands on the first page alone, and is made when that page is. Compromise: the parts are of fixed
size, so a page's address says nothing of what is on it.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from kb.pages.address import nth
from kb.pages.desk import Desk, Page
from kb.pages.rows import PART, parts

T = TypeVar("T")


def numbered(
    desk: Desk,
    template: str,
    uri: str,
    title: str,
    rows: Sequence[T],
    *,
    section: str,
    description: str = "",
    size: int = PART,
    row: Callable[[T], object] = lambda row: row,
    facts: Callable[[], object] | None = None,
    **shown: Any,
) -> list[Page]:
    """Return the pages.

    Args:
        desk: what pages share.
        template: gets `rows`, `facts` (None but on the first page), `number`, `last`, `part_uris`, and `shown`.
        uri: of the first page.
        title: of the first page; that of the others says which part they are.
        rows: all of them.
        section: as in `Page`.
        description: as in `Page`.
        size: how many rows a page has.
        row: what the template gets of a row.
        facts: tells of all rows.
        shown: what else the template gets.
    """
    cut = list(parts(rows, size))
    uris = [nth(uri, number) for number, _ in cut]

    def page(number: int, some: Sequence[T]) -> Page:
        def html() -> str:
            first = facts() if facts and number == 1 else None
            told = {"rows": list(map(row, some)), "facts": first, "number": number, "last": len(cut)}
            return desk.render(template, uris[number - 1], **told, part_uris=uris, **shown)

        name = title if number == 1 else f"{title}, part {number} of {len(cut)}"
        return Page(uri=uris[number - 1], title=name, html=html, section=section, description=description)

    return [page(number, some) for number, some in cut]
