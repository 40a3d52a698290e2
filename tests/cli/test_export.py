"""`kb export`: an export is whole or as it was, replaces only its own kind, and never lies among the records."""

import csv
import errno
import json
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from kb.cli import delivery, export, main
from kb.exchange.tables import TABLES

from .conftest import LIBRARIES

Run = Callable[..., int]


@pytest.fixture
def railway(tmp_path: Path) -> Path:
    """A copy of a small knowledge base without faults."""
    return shutil.copytree(LIBRARIES / "railway", tmp_path / "railway")


@pytest.fixture
def run(railway: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Export from railway, in a folder beside it."""
    monkeypatch.chdir(tmp_path)
    return lambda *words: main(["-C", str(railway), "export", *words])


def content_of(place: Path) -> dict[str, bytes]:
    files = [place] if place.is_file() else [path for path in place.rglob("*") if path.is_file()]
    return {path.name: path.read_bytes() for path in files}


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


RECORDS = ("postmortems", "playbooks", "learnings")
TARGETS = [("csv", "out"), ("parquet", "out"), ("json", "out.json"), ("sqlite", "out.sqlite")]


@pytest.mark.parametrize(("form", "name"), TARGETS)
def test_the_same_input_on_the_same_day_gives_the_same_bytes(form: str, name: str, run: Run, tmp_path: Path) -> None:
    assert run(form, name, "--today", "2024-06-01") == 0
    first = content_of(tmp_path / name)
    assert first
    assert run(form, name, "--today", "2024-06-01") == 0
    assert content_of(tmp_path / name) == first
    assert run(form, name, "--today", "2024-06-02") == 0
    assert content_of(tmp_path / name) != first
    # Nothing is left beside it.
    assert names_in(tmp_path) == sorted([name, "railway"])


def test_every_format_has_the_same_records(run: Run, tmp_path: Path, railway: Path) -> None:
    for form, name in (("csv", "c"), ("parquet", "p"), ("json", "j"), ("sqlite", "s")):
        assert run(form, name, "--today", "2024-06-01") == 0
    with (tmp_path / "c/records.csv").open(newline="", encoding="utf-8") as file:
        from_csv = [row["id"] for row in csv.DictReader(file)]
    rows = json.loads((tmp_path / "j").read_text(encoding="utf-8"))["tables"]["records"]["rows"]
    with closing(sqlite3.connect(tmp_path / "s")) as database:
        from_sqlite = [name for (name,) in database.execute("SELECT id FROM records ORDER BY id")]
    from_parquet = [name for (name,) in duckdb.sql(f"select id from '{tmp_path}/p/records.parquet'").fetchall()]
    assert from_csv == [row["id"] for row in rows] == from_sqlite == from_parquet
    assert from_csv == sorted(path.stem for folder in RECORDS for path in (railway / folder).rglob("*.md"))


def test_a_folder_holds_a_file_for_each_table_and_what_they_are(run: Run, tmp_path: Path) -> None:
    assert run("csv", "new/out") == 0
    assert names_in(tmp_path / "new/out") == sorted(["datapackage.json", *(f"{name}.csv" for name in TABLES)])


def test_the_folder_holds_what_was_asked_for_and_no_more(run: Run, tmp_path: Path) -> None:
    assert run("parquet", "out") == 0
    assert run("parquet", "out", "--table", "actions", "--table", "links") == 0
    assert names_in(tmp_path / "out") == ["actions.parquet", "datapackage.json", "links.parquet"]


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_folder_with_something_else_is_left_as_it_is(
    form: str, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/thesis.txt").write_text("years of work")
    assert run(form, "out") == 2
    assert "is not empty and is no export of kb" in capsys.readouterr().err
    assert content_of(tmp_path / "out") == {"thesis.txt": b"years of work"}
    (tmp_path / "out/thesis.txt").unlink()
    assert run(form, "out") == 0


def _made_file(path: Path) -> None:
    path.write_text("mine")


def _made_folder(path: Path) -> None:
    path.mkdir()


def _made_link(path: Path) -> None:
    path.symlink_to(path.parent / "records.csv")


@pytest.mark.parametrize("make", [_made_file, _made_folder, _made_link])
def test_what_somebody_put_into_an_export_is_not_lost(
    make: Callable[[Path], None], run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("csv", "out") == 0
    before = content_of(tmp_path / "out")
    make(tmp_path / "out/mine.ods")
    assert run("csv", "out") == 2
    assert f"{tmp_path}/out/mine.ods is no part of the export there" in capsys.readouterr().err
    assert content_of(tmp_path / "out").items() >= before.items()
    assert os.path.lexists(tmp_path / "out/mine.ods")


def test_an_export_of_another_format_is_not_replaced(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("csv", "out", "--table", "links") == 0
    assert run("parquet", "out") == 2
    assert "holds an export as csv" in capsys.readouterr().err
    assert names_in(tmp_path / "out") == ["datapackage.json", "links.csv"]


@pytest.mark.parametrize("form", ["json", "sqlite"])
@pytest.mark.parametrize("other", [b"years of work", b'{"format": "mine"}', b"SQLite format 3\0" + bytes(100)])
def test_a_file_of_something_else_is_left_as_it_is(
    form: str, other: bytes, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").write_bytes(other)
    assert run(form, "out") == 2
    assert "holds something else than an export of kb" in capsys.readouterr().err
    assert (tmp_path / "out").read_bytes() == other


@pytest.mark.parametrize("form", ["json", "sqlite"])
def test_an_empty_file_is_replaced(form: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "out").touch(mode=0o600)
    assert run(form, "out") == 0
    assert (tmp_path / "out").stat().st_size > 1000
    # Who could not read the old one cannot read the new one.
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o600


def test_a_folder_keeps_who_may_read_it(run: Run, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir(mode=0o700)
    assert run("csv", "out") == 0
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o700


def test_a_database_that_somebody_has_open_is_left_as_it_is(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("sqlite", "out") == 0
    before = (tmp_path / "out").read_bytes()
    (tmp_path / "out-wal").write_bytes(b"changes")
    assert run("sqlite", "out", "--today", "2024-06-02") == 2
    assert "out-wal is there: the database is in use" in capsys.readouterr().err
    assert (tmp_path / "out").read_bytes() == before


@pytest.mark.parametrize(
    ("form", "target", "said"),
    [
        ("csv", "file", "file is no folder"),
        ("csv", "file/below", "file is no folder"),
        ("parquet", "file/below/it", "file is no folder"),
        ("csv", "dangling/../file", "file is no folder"),
        ("json", "folder", "folder is a folder"),
        ("sqlite", "folder", "folder is a folder"),
        ("json", "", "is a folder"),
        ("json", "none/x.json", "there is no folder"),
        ("sqlite", "file/x", "there is no folder"),
        ("json", "pipe", "pipe is no regular file"),
        ("sqlite", "pipe", "pipe is no regular file"),
        ("csv", "pipe", "pipe is no folder"),
        ("json", "circle", "circle is no regular file"),
        ("csv", "circle", "circle is no folder"),
        ("json", "/dev/full", "/dev/full is no regular file"),
        ("json", "n" * 300, "File name too long"),
        ("csv", "n" * 300, "File name too long"),
        ("sqlite", "-", "sqlite is not printed"),
        ("parquet", "-", "parquet is not printed"),
        ("csv", "-", "only one table can be printed as CSV"),
    ],
)
def test_a_target_of_the_wrong_kind_is_refused(
    form: str, target: str, said: str, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder").mkdir()
    (tmp_path / "dangling").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    before = names_in(tmp_path)
    assert run(form, target) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert "Traceback" not in err
    assert "fault of kb" not in err
    assert names_in(tmp_path) == before
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize(("form", "name"), TARGETS)
def test_a_link_is_followed_and_stays(form: str, name: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / name).symlink_to(tmp_path / "kept" / name)
    assert run(form, name) == 0
    assert (tmp_path / name).is_symlink()
    assert content_of(tmp_path / "kept" / name)


@pytest.mark.parametrize("place", ["postmortems/2024/out", "playbooks/out", "learnings", "linked/out"])
@pytest.mark.parametrize("form", ["csv", "json"])
def test_nothing_is_written_among_the_records(
    form: str, place: str, run: Run, railway: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (railway / "linked").symlink_to(railway / "postmortems")
    before = sorted(railway.rglob("*"))
    assert run(form, str(railway / place)) == 2
    assert "which holds records" in capsys.readouterr().err
    assert sorted(railway.rglob("*")) == before


def test_beside_the_records_is_a_place(run: Run, railway: Path) -> None:
    assert run("csv", str(railway / "tables")) == 0
    assert run("json", str(railway / "tables.json")) == 0
    assert (railway / "tables/actions.csv").is_file()


@pytest.mark.parametrize(("form", "name"), TARGETS)
@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EROFS, errno.EIO])
def test_an_export_that_fails_leaves_the_old_one_whole(
    form: str,
    name: str,
    error: int,
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(form, name, "--today", "2024-06-01") == 0
    before = content_of(tmp_path / name)

    def fail(_: int) -> None:
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(delivery.os, "fsync", fail)
    assert run(form, name, "--today", "2024-06-02") == 2
    said = f"kb: error: {tmp_path / name} cannot be written: {os.strerror(error)}\n"
    assert capsys.readouterr().err == f"{said}    An earlier export in its place is as it was.\n"
    assert content_of(tmp_path / name) == before
    assert names_in(tmp_path) == sorted([name, "railway"])


@pytest.mark.parametrize(("form", "name"), TARGETS)
def test_what_appears_meanwhile_is_left_as_it_is(
    form: str, name: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def appear(_: int) -> None:
        (tmp_path / name).write_text("mine")

    monkeypatch.setattr(delivery.os, "fsync", appear)
    assert run(form, name) == 2
    assert (tmp_path / name).read_text() == "mine"
    assert names_in(tmp_path) == sorted([name, "railway"])


def _refusing(method: Callable[..., object], folder: Path) -> Callable[..., object]:
    def tried(path: Path, *arguments: object, **more: object) -> object:
        if path.parent == folder:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return method(path, *arguments, **more)

    return tried


@pytest.mark.parametrize(("form", "name"), TARGETS)
def test_a_folder_that_cannot_be_written_to_is_said(
    form: str, name: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Root may write anywhere, so it is said here that this folder takes nothing new.
    for method in ("mkdir", "open"):
        monkeypatch.setattr(Path, method, _refusing(getattr(Path, method), tmp_path))
    assert run(form, name) == 2
    assert f"{tmp_path / name} cannot be written: Permission denied" in capsys.readouterr().err
    assert names_in(tmp_path) == ["railway"]


def test_a_text_that_looks_like_a_formula_is_written_as_text(run: Run, railway: Path, tmp_path: Path) -> None:
    record = railway / "postmortems/2024/2024-05-05-formula.md"
    record.write_text("---\ntitle: \"=cmd|'/c calc'!A0\"\n---\n")
    assert run("csv", "out") == 0
    assert "\"'=cmd|'/c calc'!A0\"" in (tmp_path / "out/records.csv").read_text()
    assert run("json", "out.json") == 0
    assert "\"=cmd|'/c calc'!A0\"" in (tmp_path / "out.json").read_text()


def test_a_text_that_no_cell_takes_is_said_and_kept(
    run: Run, railway: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = railway / "postmortems/2024/2024-05-05-long.md"
    record.write_text(f"---\ntitle: Long\nsummary: {'long ' * 8000}\n---\n")
    assert run("csv", "out") == 0
    said = "kb: 1 text longer than the 32,767 characters that a spreadsheet's cell takes, the first in records.summary"
    assert said in capsys.readouterr().err
    assert "long " * 7999 in (tmp_path / "out/records.csv").read_text()
    assert run("json", "out.json") == 0
    assert capsys.readouterr().err == ""


def test_a_file_with_errors_is_left_out_and_said(
    harbour: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["-C", str(harbour), "export", "json", str(tmp_path / "x.json")]) == 0
    out, err = capsys.readouterr()
    assert out.endswith(" from 3 records\n")
    assert err == "kb: 2 files with errors: what cannot be read is left out; `kb check` says where\n"


def test_an_empty_knowledge_base_is_exported_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb/kb.toml").touch()
    for form, name in TARGETS:
        assert main(["-C", str(tmp_path / "kb"), "export", form, str(tmp_path / f"{form}-{name}")]) == 0
        assert f"{len(TABLES)} tables, 0 rows from 0 records" in capsys.readouterr().out
    assert (tmp_path / "csv-out/repeats.csv").read_bytes() == b'"later","earlier","days"\r\n'


def test_without_pyarrow_parquet_is_refused_and_csv_is_not(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert run("parquet", "out") == 2
    assert "`pip install 'afteraction[parquet]'` installs it" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    assert run("csv", "out") == 0


def test_json_is_printed_whole_and_alone(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("json", "-", "--table", "repeats", "--today", "2024-06-01") == 0
    out, err = capsys.readouterr()
    assert len(json.loads(out)["tables"]["repeats"]["rows"]) == 2
    assert err == ""


def test_the_formats_are_those_of_the_command() -> None:
    [form] = [param for param in export.export.params if param.name == "form"]
    assert list(form.type.to_info_dict()["choices"]) == [form for form, _ in sorted(TARGETS)]
