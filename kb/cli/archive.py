"""One file for when the network is down: a site in a zip archive, to be unpacked and opened from the disk.

Everything lies in one folder, so that unpacking does not spill. The same site on the same day gives the same bytes: names in
order, the day as every time, the same permissions. Compromise: the bytes are also those of the zlib that compresses, so the
archives of two machines may differ, though not what is in them.
"""

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from stat import S_IFREG, S_ISREG
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from kb.cli import publish
from kb.errors import KbError
from kb.pages.site import SITE_MARK
from kb.text import count, slug

_ELSEWHERE = "`--offline FILE.zip` names another file."

# What only a web server and crawlers ask for; the addresses in these are absolute and lead nowhere on a disk.
_FOR_SERVERS = frozenset({"404.html", "sitemap.xml", "sitemap.xml.gz"})
# A backslash is a folder to some unpackers, and the name of an attachment may be a stranger's.
_UNSAFE = re.compile("[\ud800-\udfff\\\\\x00-\x1f\x7f]")
# The days that a zip archive can say.
_FIRST, _LAST = date(1980, 1, 1), date(2107, 12, 31)

# A link of another kind, such as the canonical one, loads nothing.
_LINK = r"link\b(?=[^>]*\srel\s*=\s*(?:\"[^\">]*|'[^'>]*|[^\s\"'>]*)(?:stylesheet|icon|preload))"
_LOADING = re.compile(rf"<(?:script|img|iframe|source|video|audio|embed|object|{_LINK})\b[^>]*>", re.IGNORECASE)
_REMOTE = re.compile(r"(?<![\w-])(?:src|href|data|poster)\s*=\s*[\"']?((?:https?:)?//[^\"'\s>]+)", re.IGNORECASE)


def refuse(target: Path, sources: Sequence[Path]) -> None:
    """Refuse a target that is no place for an archive, or not ours to replace.

    Raises:
        KbError: it does not end in `.zip`, is a folder, lies in none or in what the site is made from, or is something else.
    """
    if target.is_dir():
        raise KbError(f"{target} is a folder", hint="`--offline FILE.zip` names a file in it.")
    if target.suffix.lower() != ".zip":
        raise KbError(f"{target} does not end in .zip", hint="An archive is a zip file: `--offline FILE.zip`.")
    if not target.parent.is_dir():
        raise KbError(f"there is no folder {target.parent}", hint="Make it first, or name a file in another one.")
    publish.refuse_inside(target, sources, _ELSEWHERE)
    refuse_foreign(target)


def refuse_foreign(target: Path) -> None:
    """Refuse to replace a file that is no archive of ours.

    Raises:
        KbError: it is such a file.
    """
    if target.exists() and not (target.is_file() and _is_ours(target)):
        hint = f"Remove it, or name another file; an archive of ours holds a file {SITE_MARK} in its folder."
        raise KbError(f"{target} is no archive that kb built", hint=hint)


def _is_ours(path: Path) -> bool:
    try:
        with ZipFile(path) as archive:
            names = archive.namelist()
    except (BadZipFile, NotImplementedError, ValueError):
        return False
    # One folder holds everything: the copy of a whole project may hold a site of ours among other things.
    tops = {name.partition("/")[0] for name in names}
    return len(tops) == 1 and f"{tops.pop()}/{SITE_MARK}" in names


def pack(site: Path, archive: Path, day: date) -> int:
    """Write the site into a new archive, in a folder of the archive's name, and return the number of pages.

    Raises:
        KbError: the site holds something that is no regular file, or whose name not everyone can unpack.
    """
    top, pages = slug(archive.stem), 0
    with archive.open("xb") as file:
        with ZipFile(file, "w", ZIP_DEFLATED) as packed:
            for name in sorted(_names(site)):
                _add(packed, site / name, _entry(f"{top}/{name}", day))
                pages += name.endswith(".html")
        # It is about to take the place of a whole one.
        file.flush()
        os.fsync(file.fileno())
    return pages


def _names(site: Path) -> Iterator[str]:
    for path in site.rglob("*"):
        name, mode = path.relative_to(site).as_posix(), path.lstat().st_mode
        if name in _FOR_SERVERS or (path.is_dir() and not path.is_symlink()):
            continue
        if not S_ISREG(mode):
            raise KbError(f"the site holds {name}, which is no regular file", hint="A plugin or hook has put it there.")
        if _UNSAFE.search(name):
            raise KbError(f"the site holds {name!r}, which not everyone can unpack", hint="Rename it.")
        yield name


def _entry(name: str, day: date) -> ZipInfo:
    said = min(max(day, _FIRST), _LAST)
    entry = ZipInfo(name, (said.year, said.month, said.day, 0, 0, 0))
    entry.compress_type = ZIP_DEFLATED
    entry.create_system = 3  # Unix, wherever it is made: the permissions are read so
    entry.external_attr = (S_IFREG | 0o644) << 16
    return entry


def _add(packed: ZipFile, path: Path, entry: ZipInfo) -> None:
    entry.file_size = path.stat().st_size  # very large files are written in another form
    with path.open("rb") as source, packed.open(entry, "w") as goal:
        shutil.copyfileobj(source, goal)


def remote(site: Path) -> list[str]:
    """Return what the pages would load from other hosts, one address a line, each with the pages that name it.

    Compromise: what stands in the pages' own tags is seen, and not what a script or a style asks for later.
    """
    found: dict[str, list[str]] = {}
    for name in sorted(name for name in _names(site) if name.endswith(".html")):
        text = (site / name).read_text(encoding="utf-8", errors="replace")
        for address in {hit[1] for tag in _LOADING.finditer(text) for hit in _REMOTE.finditer(tag[0])}:
            found.setdefault(address, []).append(name)
    return [f"{_some(pages)} would load {address} from the network" for address, pages in sorted(found.items())]


def _some(pages: Sequence[str]) -> str:
    return f"{pages[0]} and {count(len(pages) - 1, 'more page')}" if len(pages) > 1 else pages[0]


def put(new: Path, target: Path) -> None:
    """Put the archive `new` into the place of `target`, in one step.

    Raises:
        KbError: the system refuses; everything is as it was.
    """
    refuse_foreign(target)  # somebody may have put it there since
    try:
        new.replace(target)
    except OSError as error:
        raise KbError(f"{target} cannot be replaced: {error.strerror}", hint=_ELSEWHERE) from error
