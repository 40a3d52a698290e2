"""Packing a site and taking the place of an archive: on folders alone, without MkDocs."""

import os
import stat
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest

from kb.cli import archive
from kb.errors import KbError

DAY = date(2025, 3, 14)
SITE = {".afteraction": "mark", "index.html": "home", "incidents/index.html": "list", "incidents/ünï.html": "page"}

Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Lay out a folder of files, in the order given."""

    def made(files: Mapping[str, str] = SITE, name: str = "site") -> Path:
        for path, text in files.items():
            file = tmp_path / name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return tmp_path / name

    return made


def zipped(path: Path, *names: str) -> Path:
    with ZipFile(path, "w") as packed:
        for name in names:
            packed.writestr(name, "")
    return path


def test_everything_lies_in_one_folder_of_the_archives_name(make: Make, tmp_path: Path) -> None:
    assert archive.pack(make(), tmp_path / "Our memory, 2025.zip", DAY) == 3
    with ZipFile(tmp_path / "Our memory, 2025.zip") as packed:
        assert packed.namelist() == [f"our-memory-2025/{name}" for name in sorted(SITE)]
        assert packed.read("our-memory-2025/incidents/ünï.html") == b"page"
        assert packed.testzip() is None


@pytest.mark.parametrize("name", ["...zip", "--.zip", "!.zip", "a..b.zip", "-rf.zip", "日本.zip"])
def test_no_name_of_an_archive_leads_out_of_the_folder_that_it_is_unpacked_in(
    name: str, make: Make, tmp_path: Path
) -> None:
    archive.pack(make(), tmp_path / name, DAY)
    with ZipFile(tmp_path / name) as packed:
        [top] = {member.split("/")[0] for member in packed.namelist()}
    assert top.strip(".-")
    assert top[0] not in ".-"


def test_the_same_site_gives_the_same_bytes(make: Make, tmp_path: Path) -> None:
    one, other = make(), make(dict(reversed(SITE.items())), "other")
    for number, path in enumerate(sorted(other.rglob("*"))):
        path.chmod(0o700)
        os.utime(path, (number, number))
    (tmp_path / "there").mkdir()
    archive.pack(one, tmp_path / "memory.zip", DAY)
    archive.pack(other, tmp_path / "there/memory.zip", DAY)
    assert (tmp_path / "memory.zip").read_bytes() == (tmp_path / "there/memory.zip").read_bytes()


def test_names_are_utf_8_and_files_are_plain_ones_of_that_day(make: Make, tmp_path: Path) -> None:
    archive.pack(make(), tmp_path / "memory.zip", DAY)
    with ZipFile(tmp_path / "memory.zip") as packed:
        entries = packed.infolist()
    assert {entry.date_time for entry in entries} == {(2025, 3, 14, 0, 0, 0)}
    assert {entry.external_attr >> 16 for entry in entries} == {stat.S_IFREG | 0o644}
    assert [entry.filename for entry in entries if entry.flag_bits & 0x800] == ["memory/incidents/ünï.html"]


@pytest.mark.parametrize(("day", "said"), [(date(1970, 1, 1), (1980, 1, 1)), (date(9999, 1, 1), (2107, 12, 31))])
def test_a_day_that_a_zip_archive_cannot_say_becomes_the_nearest(
    day: date, said: tuple[int, int, int], make: Make, tmp_path: Path
) -> None:
    archive.pack(make(), tmp_path / "memory.zip", day)
    with ZipFile(tmp_path / "memory.zip") as packed:
        assert {entry.date_time[:3] for entry in packed.infolist()} == {said}


def test_what_only_a_server_asks_for_stays_out(make: Make, tmp_path: Path) -> None:
    servers = {"404.html": "", "sitemap.xml": "", "sitemap.xml.gz": ""}
    others = {"incidents/404.html": "an incident of that name", "files/sitemap.xml": ""}
    assert archive.pack(make({**SITE, **servers, **others}), tmp_path / "memory.zip", DAY) == 4
    with ZipFile(tmp_path / "memory.zip") as packed:
        assert packed.namelist() == [f"memory/{name}" for name in sorted({**SITE, **others})]


@pytest.mark.parametrize("target", ["/etc/hostname", "/etc", "index.html", "nowhere"])
def test_a_link_in_the_site_is_refused_wherever_it_leads(target: str, make: Make, tmp_path: Path) -> None:
    site = make()
    (site / "latest").symlink_to(target)
    with pytest.raises(KbError, match="the site holds latest, which is no regular file"):
        archive.pack(site, tmp_path / "memory.zip", DAY)
    (site / "latest").unlink()
    assert archive.pack(site, tmp_path / "again.zip", DAY) == 3


def test_a_pipe_in_the_site_is_refused_and_not_waited_for(make: Make, tmp_path: Path) -> None:
    site = make()
    os.mkfifo(site / "pipe.html")
    for look in (lambda: archive.remote(site), lambda: archive.pack(site, tmp_path / "memory.zip", DAY)):
        with pytest.raises(KbError, match="no regular file"):
            look()


@pytest.mark.parametrize("name", ["..\\..\\out.png", "a\nb.png", os.fsdecode(b"\xff.png")])
def test_a_name_that_an_unpacker_may_misread_is_refused(name: str, make: Make, tmp_path: Path) -> None:
    site = make()
    (site / name).touch()
    with pytest.raises(KbError, match="which not everyone can unpack"):
        archive.pack(site, tmp_path / "memory.zip", DAY)
    (site / name).rename(site / "50 % of #1, ..png")
    assert archive.pack(site, tmp_path / "again.zip", DAY) == 3


@pytest.mark.parametrize(
    "html",
    [
        '<script src="https://cdn.example.org/x.js"></script>',
        "<SCRIPT async src=//cdn.example.org/x.js></SCRIPT>",
        '<link rel="stylesheet" href="https://cdn.example.org/x.css">',
        "<link href='https://cdn.example.org/x.png' rel='shortcut icon'>",
        '<img alt="" src="http://cdn.example.org/x.png">',
        '<iframe title="Talk" src="https://cdn.example.org/x"></iframe>',
    ],
)
def test_what_a_page_would_load_from_another_host_is_found(html: str, make: Make) -> None:
    [said] = archive.remote(make({**SITE, "incidents/x.html": html}))
    assert said.startswith("incidents/x.html would load ")
    assert "//cdn.example.org/x" in said


@pytest.mark.parametrize(
    "html",
    [
        '<a href="https://www.example.org/">',
        '<link rel="canonical" href="https://kb.example.org/incidents/silicon/">',
        "<link rel=canonical href=https://kb.example.org/stylesheet/>",
        '<link rel="stylesheet" href="../assets/kb/kb.css">',
        '<img src="data:image/png;base64,//8=">',
        '<img src="../files/x.png" data-src="https://cdn.example.org/x.png">',
        "<code>&lt;img src=&quot;https://cdn.example.org/x.png&quot;&gt;</code>",
    ],
)
def test_what_is_only_linked_to_or_lies_in_the_site_is_not(html: str, make: Make) -> None:
    assert archive.remote(make({**SITE, "x.html": html})) == []


def test_a_page_that_stays_out_is_not_looked_at(make: Make) -> None:
    assert archive.remote(make({**SITE, "404.html": '<img src="https://cdn.example.org/x.png">'})) == []


@pytest.mark.parametrize(
    "names",
    [
        (),
        ("index.html",),
        (".afteraction", "index.html"),
        ("memory/index.html", "memory/afteraction"),
        ("memory/kb/.afteraction", "memory/index.html"),
        # Somebody's copy of a whole project, a built site among it.
        ("site/.afteraction", "site/index.html", "postmortems/secret.md"),
    ],
)
def test_a_zip_archive_that_is_not_ours_is_not_replaced(names: tuple[str, ...], tmp_path: Path) -> None:
    target = zipped(tmp_path / "memory.zip", *names)
    with pytest.raises(KbError, match="is no archive that kb built"):
        archive.refuse(target, [])
    new = zipped(tmp_path / "new.zip", "memory/.afteraction")
    before = target.read_bytes()
    with pytest.raises(KbError, match="is no archive that kb built"):
        archive.put(new, target)
    assert target.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"letters", b"PK\x05\x06" + b"\xff" * 18, b"PK\x03\x04" + b"\0" * 40])
def test_a_file_that_is_no_zip_archive_is_not_replaced(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "memory.zip").write_bytes(content)
    with pytest.raises(KbError, match="is no archive that kb built"):
        archive.refuse(tmp_path / "memory.zip", [])


def test_a_pipe_is_not_replaced_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "memory.zip")
    with pytest.raises(KbError, match="is no archive that kb built"):
        archive.refuse(tmp_path / "memory.zip", [])


def test_an_archive_of_ours_is_replaced_whatever_it_is_called_now(make: Make, tmp_path: Path) -> None:
    archive.pack(make(), tmp_path / "memory.zip", DAY)
    old = (tmp_path / "memory.zip").rename(tmp_path / "renamed.zip")
    archive.refuse(old, [])
    archive.pack(make({**SITE, "new.html": ""}), tmp_path / "new.zip", DAY)
    archive.put(tmp_path / "new.zip", old)
    with ZipFile(old) as packed:
        assert "new/new.html" in packed.namelist()
    assert not (tmp_path / "new.zip").exists()


def test_an_archive_that_cannot_be_put_into_place_says_so(tmp_path: Path) -> None:
    with pytest.raises(KbError, match=r"memory\.zip cannot be replaced: No such file or directory"):
        archive.put(tmp_path / "missing.zip", tmp_path / "memory.zip")


def test_a_link_to_a_folder_of_records_is_seen_through(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "postmortems").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(KbError, match="from which the site is made"):
        archive.refuse(tmp_path / "elsewhere" / "memory.zip", [tmp_path / "postmortems"])
    archive.refuse(tmp_path / "memory.zip", [tmp_path / "postmortems"])
    archive.refuse(tmp_path / "MEMORY.ZIP", [tmp_path / "postmortems"])
