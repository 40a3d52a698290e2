import os
import time
from pathlib import Path

import pytest

from kb.config import Config
from kb.finding import Finding, Level
from kb.records.model import Learning, Postmortem, Record
from kb.records.read import Found, find_files, read_all, read_file


def write(root: Path, name: str, text: str | bytes = "---\ntitle: x\n---\n") -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)


def one(
    root: Path, text: str | bytes, name: str = "learnings/a.md", **config: object
) -> tuple[Record | None, tuple[Finding, ...]]:
    write(root, name, text)
    kind = name.split("/")[0].removesuffix("s")
    return read_file(root, Found(kind, name, name.split("/")[0]), Config.model_validate(config))


def paths(root: Path, **folders: object) -> list[tuple[str, str]]:
    return [(f.kind, f.path) for f in find_files(root, Config.model_validate({"folders": folders}))]


def test_files_come_in_the_same_order_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("b", "a", "c/d", "c/a", "B"):
        write(tmp_path, f"learnings/{name}.md")
    plain, walk = paths(tmp_path), os.walk
    assert [path for _, path in plain] == [f"learnings/{name}.md" for name in ("B", "a", "b", "c/a", "c/d")]

    def turned_round(*args: object, **named: object) -> object:
        for here, folders, files in walk(*args, **named):  # type: ignore[call-overload]
            folders.reverse()
            yield here, folders, files[::-1]

    monkeypatch.setattr(os, "walk", turned_round)
    assert paths(tmp_path) == plain


def test_a_folder_within_another_keeps_its_own_kind(tmp_path: Path) -> None:
    for name in ("a", "books/b", "books/deep/c", "deep/d"):
        write(tmp_path, f"records/{name}.md")
    assert paths(tmp_path, postmortem="records", playbook="records/books/", learning="./records/deep") == [
        ("postmortem", "records/a.md"),
        ("playbook", "records/books/b.md"),
        ("playbook", "records/books/deep/c.md"),
        ("learning", "records/deep/d.md"),
    ]


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    write(tmp_path, "playbooks", "a file")
    assert paths(tmp_path) == []


def test_a_configured_folder_may_itself_be_a_link(tmp_path: Path) -> None:
    # kb.toml names it, so somebody means it; what lies in it is held to the folder all the same.
    write(tmp_path, "elsewhere/a.md")
    write(tmp_path, "elsewhere/secret/b.md")
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb" / "learnings").symlink_to("../elsewhere")
    (tmp_path / "elsewhere" / "up").symlink_to("..")
    records, findings = read_all(tmp_path / "kb", Config())
    assert [record.id for record in records] == ["a", "b"]
    assert [(f.code, f.path) for f in findings if f.level is Level.ERROR] == [("not-regular", "learnings/up")]


def test_the_title_is_given_or_the_first_heading_or_the_name(tmp_path: Path) -> None:
    def title(text: str) -> str:
        record, _ = one(tmp_path, text)
        assert record is not None
        return record.title

    assert title("---\ntitle: Given\n---\n# Heading\n") == "Given"
    assert title("---\ntags: [x]\n---\n\n# Heading\n") == "Heading"
    assert title("# Heading ##\n") == "Heading"
    assert title("# C#\n") == "C#"
    assert title("#hash\n") == "a"
    assert title("## Second\n") == "a"
    assert title("") == "a"


def test_the_heading_is_taken_from_the_body(tmp_path: Path) -> None:
    record, _ = one(tmp_path, "---\ntitle: Given\n---\n\n# Heading\n\nText.\n\n# Another\n")
    assert record is not None
    assert record.body == "Text.\n\n# Another"


def test_a_heading_of_a_megabyte_is_read_at_once(tmp_path: Path) -> None:
    began = time.process_time()
    for text in ("# a" + " " * 1_000_000 + "b", "#" + " " * 1_000_000, "# " + "# " * 500_000):
        record, _ = one(tmp_path, text)
        assert record is not None
    assert time.process_time() - began < 5


@pytest.mark.parametrize("title", ["no", "1.10", "0123", "2024-01-01", "1e3", "true"])
def test_a_title_is_the_text_that_was_written(tmp_path: Path, title: str) -> None:
    record, findings = one(tmp_path, f"---\ntitle: {title}\nservices: [x]\n---\n")
    assert record is not None
    assert record.title == title
    assert findings == ()


def test_a_record_cannot_be_changed(tmp_path: Path) -> None:
    record, _ = one(tmp_path, "---\ntitle: x\n---\n")
    assert record is not None
    with pytest.raises(ValueError, match="frozen"):
        record.title = "y"  # type: ignore[misc]


def test_the_kind_of_a_learning_is_that_of_its_folder_unless_given(tmp_path: Path) -> None:
    def kind(name: str, text: str = "---\ntitle: x\n---\n") -> str | None:
        record, _ = one(tmp_path, text, name)
        assert isinstance(record, Learning)
        return record.kind

    assert kind("learnings/lessons/a.md") == "lesson"
    assert kind("learnings/pre-mortem/a.md") == "pre_mortem"
    assert kind("learnings/Game Days/2024/a.md") == "game_day"
    assert kind("learnings/others/a.md") is None
    assert kind("learnings/a.md") is None
    assert kind("learnings/lessons/b.md", "---\nkind: pattern\n---\n") == "pattern"


def test_all_faults_of_all_files_are_found_in_one_run(tmp_path: Path) -> None:
    write(tmp_path, "postmortems/a.md", "---\nstarted: soon\nresolved: later\nservices: {a: b}\nfoo: x\n---\n")
    write(tmp_path, "postmortems/b.md", "no fields\n")
    write(tmp_path, "postmortems/c.md", b"\xff")
    records, findings = read_all(tmp_path, Config.model_validate({"levels": {"missing-field": "off"}}))
    assert [record.id for record in records] == ["b"]
    assert [(f.path[-4:], f.line, f.code) for f in findings] == [
        ("a.md", 2, "bad-time"),
        ("a.md", 3, "bad-time"),
        ("a.md", 4, "wrong-type"),
        ("a.md", 5, "unknown-field"),
        ("b.md", 1, "no-frontmatter"),
        ("c.md", 1, "not-utf8"),
    ]


def test_the_same_finding_on_the_same_line_is_said_once(tmp_path: Path) -> None:
    _, findings = one(tmp_path, "---\ntitle: x\n---\n<script></script><script>\n<script>\n")
    assert [f.line for f in findings if f.code == "unsafe-html"] == [4, 5]


def test_a_large_file_is_refused_without_being_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "learnings/a.md", "")
    os.truncate(tmp_path / "learnings" / "a.md", 50_000_000)
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("it was opened"))
    record, findings = read_file(tmp_path, Found("learning", "learnings/a.md", "learnings"), Config())
    assert record is None
    assert [f.code for f in findings] == ["too-large"]


def test_a_file_that_grows_while_it_is_read_is_read_no_further(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "learnings/a.md", b"a" * 3_000_000)
    small = os.stat_result((0o100644, 0, 0, 1, 0, 0, 12, 0, 0, 0))
    monkeypatch.setattr(Path, "lstat", lambda _: small)
    _, findings = read_file(tmp_path, Found("learning", "learnings/a.md", "learnings"), Config())
    assert [(f.code, f.message) for f in findings] == [
        ("too-large", "the file is 1,048,577 bytes; a record has at most 1,048,576")
    ]


def test_a_file_that_may_not_be_read_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The tests may run as root, who may read everything.
    def forbidden(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    write(tmp_path, "learnings/a.md")
    monkeypatch.setattr(Path, "open", forbidden)
    record, findings = read_file(tmp_path, Found("learning", "learnings/a.md", "learnings"), Config())
    assert record is None
    assert [(f.code, f.level, f.message) for f in findings] == [
        ("unreadable", Level.ERROR, "the file could not be read: Permission denied")
    ]


def test_a_folder_that_may_not_be_listed_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "learnings/a.md")
    write(tmp_path, "learnings/closed/b.md")
    scandir = os.scandir

    def guarded(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    records, findings = read_all(tmp_path, Config())
    assert [record.id for record in records] == ["a"]
    assert [(f.code, f.path) for f in findings if f.level is Level.ERROR] == [("unreadable", "learnings/closed")]


def test_a_name_that_is_no_utf_8_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "learnings").mkdir()
    Path(os.fsdecode(os.fsencode(tmp_path / "learnings") + b"/caf\xe9.md")).write_text("---\ntitle: x\n---\n")
    records, findings = read_all(tmp_path, Config())
    assert records == []
    assert [(f.code, f.message) for f in findings] == [("unreadable", "the file's name is not UTF-8")]


def test_every_name_of_a_file_is_read(tmp_path: Path) -> None:
    for name in ("two words", "日本", "a&b'c\"d", "x" * 200, "-dash", "a\nb"):
        write(tmp_path, f"learnings/{name}.md")
    records, findings = read_all(tmp_path, Config())
    assert {r.id for r in records} == {"two words", "日本", "x" * 200}
    assert {(f.path, f.code) for f in findings if f.level is Level.ERROR} == {
        ("learnings/a&b'c\"d.md", "bad-id"),
        ("learnings/-dash.md", "bad-id"),
        ("learnings/a\nb.md", "bad-id"),
    }


def test_the_level_of_a_code_decides_whether_the_record_is_kept(tmp_path: Path) -> None:
    text = "---\ntitle: x\nstarted: 2024-01-02\nresolved: 2024-01-01\n---\n"
    for level, is_kept in (("error", False), ("warning", True), ("hint", True), ("off", True)):
        record, findings = one(tmp_path, text, "postmortems/a.md", levels={"time-order": level, "missing-field": "off"})
        assert isinstance(record, Postmortem) is is_kept
        assert [f.level for f in findings] == ([] if level == "off" else [level])


def test_a_file_is_not_changed_by_being_read(tmp_path: Path) -> None:
    text = b"\xef\xbb\xbf---\r\ntitle:   x  \r\n---\r\n\r\nText \r\n"
    one(tmp_path, text)
    assert (tmp_path / "learnings" / "a.md").read_bytes() == text
