"""A record's body, examined: what it refers to, what it carries, what will not be published.

Relative links are followed on disk, inside the record's own folder or to another record or page of the knowledge base,
and never further. Compromise: an attachment is judged by its name and first bytes, not parsed.
"""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

from kb.records import prose
from kb.records.frontmatter import Raw
from kb.records.model import Attachment, Reference

Note = Callable[..., None]

# What may be published beside a record: what a file of this name must begin with, None for plain text.
ATTACHMENTS: dict[str, re.Pattern[bytes] | None] = {
    ".png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    ".jpg": re.compile(rb"\xff\xd8\xff"),
    ".jpeg": re.compile(rb"\xff\xd8\xff"),
    ".gif": re.compile(rb"GIF8[79]a"),
    ".webp": re.compile(rb"RIFF.{4}WEBP", re.DOTALL),
    ".pdf": re.compile(rb"%PDF-"),
    ".txt": None,
    ".log": None,
    ".csv": None,
    ".json": None,
}
MAX_ATTACHMENT = 16 << 20


def examine(
    raw: Raw, root: Path, path: str, folder: str, note: Note
) -> tuple[tuple[Reference, ...], tuple[Attachment, ...]]:
    """Return a body's `[[id]]` references and its attachments; what is odd goes to `note(code, line, message, hint)`.

    `path` and `folder` are the record's and its kind's folder, relative to `root`.
    """
    text = prose.mask_code(raw.body)
    for what, line in prose.unsafe_html(text):
        note("unsafe-html", raw.body_line + line, f"`{what}` is not published", "")
    references = tuple(Reference(target, "mentions", raw.body_line + line) for target, line in prose.ids_in(text))
    attachments = tuple(_attachments(text, raw.body_line, root, path, folder, note))
    return references, attachments


def _attachments(text: str, first: int, root: Path, path: str, folder: str, note: Note) -> Iterator[Attachment]:
    for link in prose.links_in(text):
        line, scheme = first + link.line, prose.scheme(link.address)
        if scheme and scheme not in prose.SAFE_SCHEMES:
            note("unsafe-link", line, f"`{link.address[:60]}` is not published as a link", "")
        elif scheme or link.address.replace("\\", "/").startswith("//"):
            if link.picture:
                note("remote-picture", line, f"`{link.address[:80]}` is shown as a link", "")
        elif target := local_target(path, link.address):
            yield from _local(target, line, root, folder, note)


def local_target(path: str, address: str) -> str:
    """Return the file that a relative link of the record at `path` means, relative to the knowledge base; "" for none."""
    plain = unquote(address.split("#")[0].split("?")[0])
    if not plain or plain.startswith("/") or "\x00" in plain:
        return ""
    return os.path.normpath(os.path.join(os.path.dirname(path), plain)).replace(os.sep, "/")  # noqa: PTH118, PTH120


def _local(target: str, line: int, root: Path, folder: str, note: Note) -> Iterator[Attachment]:
    suffix = os.path.splitext(target)[1].lower()  # noqa: PTH122
    if suffix in (".md", "") or target.endswith("/"):
        if target.startswith("../") or not os.path.exists(root / target):  # noqa: PTH110  an odd name is no fault here
            note("broken-link", line, f"there is no `{target}`", "")
    elif suffix not in ATTACHMENTS:
        note(
            "refused-attachment",
            line,
            f"`{target}` is not published: {suffix or 'files without an ending'} may run in a browser",
            "",
        )
    elif why := _unfit(root / target, root / folder, ATTACHMENTS[suffix]):
        note("broken-link" if why == "is not there" else "refused-attachment", line, f"`{target}` {why}", "")
    else:
        yield Attachment(target, line)


def _unfit(path: Path, folder: Path, beginning: re.Pattern[bytes] | None) -> str:
    try:
        real = path.resolve(strict=True)
        if not real.is_relative_to(folder.resolve()):
            return "lies outside its folder"
        if not real.is_file():
            return "is no regular file"
        if real.stat().st_size > MAX_ATTACHMENT:
            return f"is larger than {MAX_ATTACHMENT >> 20} MiB"
        with real.open("rb") as file:
            start = file.read(16)
    except (OSError, RuntimeError, ValueError):  # Python 3.11 calls a link to itself a RuntimeError
        return "is not there"
    return "" if beginning is None or beginning.match(start) else "is not what its name says"
