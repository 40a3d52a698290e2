import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from kb.records import read as reading
from kb.search import index as module
from kb.search.index import Index, Opened
from kb.search.place import place_of

from .made import ask, ids, opened, record, scores, strictly

Library = Callable[[Mapping[str, Any], str], Path]

FILES = {
    "postmortems/a.md": record("Disk full", "The disk of the queue was full.", started="2024-03-01"),
    "postmortems/b.md": record("Queue slow", "The queue failed to answer.", started="2023-01-01"),
    "playbooks/c.md": record("Empty a disk", "Ask first.", symptoms="[no space left on device]"),
    "learnings/d.md": record("Watch queues", "A queue that fails is a queue that nobody watched."),
}
QUERIES = ("disk", "queue failed", "space left", "que* disk", '"the queue"', "full slow empty watch")

DAMAGED = "the search index was damaged; made anew"
UNFINISHED = "the search index was not finished; made anew"
OTHER = "the search index was made by another version or configuration; made anew"


@pytest.fixture
def root(library: Library) -> Path:
    return library(FILES, "")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the records that were read for an index, in their order."""
    read: list[str] = []
    real = reading.read_file

    def noted(root: Path, found: Any, config: Any) -> Any:
        read.append(found.path)
        return real(root, found, config)

    monkeypatch.setattr(reading, "read_file", noted)
    return read


def answers(index: Index) -> dict[str, list[tuple[str, float, str]]]:
    """All that the queries find, with scores and passages."""
    return {
        query: [(hit.document.id, hit.score, hit.passage.text) for hit in ask(index, query).results]
        for query in QUERIES
    }


def expected(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[tuple[str, float, str]]]:
    """What an index answers that is made in an empty cache folder."""
    with monkeypatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path / "empty cache"))
        shutil.rmtree(tmp_path / "empty cache", ignore_errors=True)
        found = opened(root)
        assert found.said == ""
        return answers(found.index)


def is_made_anew(found: Opened, said: str, root: Path) -> None:
    """Assert that it was made anew, that this was said once, and that it answers."""
    assert found.said == said
    assert ids(found.index, "disk") == ["a", "c"]
    assert opened(root).said == ""


def test_an_index_is_made_and_nothing_is_said(root: Path, made: list[str]) -> None:
    found = opened(root)
    assert found.said == ""
    assert found.index.total == 4
    assert sorted(made) == sorted(FILES)
    assert ids(found.index, "disk") == ["a", "c"]


def test_an_index_that_fits_is_reused(root: Path, made: list[str]) -> None:
    first = answers(opened(root).index)
    place = place_of(root, "search")
    before = {path.name: path.stat().st_mtime_ns for path in place.iterdir()}
    made.clear()
    again = opened(root)
    assert again.said == ""
    assert answers(again.index) == first
    assert made == []
    assert {path.name: path.stat().st_mtime_ns for path in place.iterdir()} == before


def test_only_what_was_changed_or_added_is_read_again(root: Path, made: list[str]) -> None:
    opened(root)
    made.clear()
    (root / "postmortems/b.md").write_text(record("Broker slow", "Nothing else."))
    (root / "postmortems/e.md").write_text(record("A new disk"))
    found = opened(root)
    assert sorted(made) == ["postmortems/b.md", "postmortems/e.md"]
    assert found.said == ""
    assert ids(found.index, "broker") == ["b"]
    assert ids(found.index, "slow") == ["b"]
    assert ids(found.index, "failed") == ["d"]
    assert set(ids(found.index, "disk")) == {"a", "c", "e"}


def test_a_file_that_was_touched_is_read_again_and_answers_the_same(root: Path, made: list[str]) -> None:
    first = answers(opened(root).index)
    made.clear()
    os.utime(root / "playbooks/c.md", ns=(1, 1))
    assert answers(opened(root).index) == first
    assert made == ["playbooks/c.md"]


def test_a_file_of_the_same_size_is_read_again(root: Path) -> None:
    opened(root)
    path = root / "playbooks/c.md"
    path.write_text(path.read_text().replace("disk", "dish"))
    assert ids(opened(root).index, "dish") == ["c"]
    assert ids(opened(root).index, "disk") == ["a"]


def test_a_record_that_is_gone_is_not_found(root: Path, made: list[str]) -> None:
    opened(root)
    made.clear()
    (root / "postmortems/a.md").unlink()
    found = opened(root)
    assert made == []
    assert found.index.total == 3
    assert ids(found.index, "disk") == ["c"]
    assert ids(found.index, "kind:postmortem") == ["b"]
    assert strictly(found.index, '"disk of the queue"') == []


def test_a_record_that_was_moved_is_found_once_at_its_new_place(root: Path) -> None:
    opened(root)
    (root / "postmortems/2024").mkdir()
    (root / "postmortems/a.md").rename(root / "postmortems/2024/a.md")
    found = ask(opened(root).index, "full").results
    assert [hit.document.path for hit in found] == ["postmortems/2024/a.md"]


def test_words_of_a_record_that_is_gone_are_not_offered_and_take_no_place(library: Library) -> None:
    # Enough records that Whoosh keeps what is deleted for a while.
    many = {f"postmortems/p{n}.md": record(f"Disk {n}") for n in range(30)}
    old = {"postmortems/old.md": record("Zebra", " ".join(f"aaa{n:02}" for n in range(60)))}
    root = library({**many, **old, "postmortems/new.md": record("aaazz")}, "")
    assert ask(opened(root).index, "zebrra").instead == {"zebrra": "zebra"}
    assert ids(opened(root).index, "aaa*") == ["old"]
    (root / "postmortems/old.md").unlink()
    index = opened(root).index
    assert ask(index, "zebrra").instead == {}
    assert ids(index, "aaa*") == ["new"]


def test_a_history_of_changes_gives_the_scores_of_a_fresh_index(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []
    for step in range(12):
        for n in range(step, step + 5):
            body = f"The queue failed {'on a full disk ' * (n * 3 % 7)} {step}"
            (root / f"postmortems/p{n}.md").write_text(record(f"Disk {n}", body, started="2024-03-01"))
        if step % 3 == 2:
            (root / f"postmortems/p{step - 1}.md").unlink()
            (root / f"postmortems/p{step}.md").rename(root / f"postmortems/moved{step}.md")
        found = opened(root)
        assert found.said == ""
        sizes.append(found.index.total)
        assert answers(found.index) == expected(root, tmp_path, monkeypatch)
    assert sizes == sorted(sizes)
    assert len(set(sizes)) > 5


def test_an_index_of_several_parts_answers_as_a_fresh_one(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(number: int) -> str:
        return record(
            f"Disk {number}", "The queue failed on a full disk. " * (number % 4), severity=f"sev{number % 3 + 1}"
        )

    # Many at first, then few at a time: Whoosh puts only small parts together.
    root = library({f"postmortems/p{number}.md": told(number) for number in range(200)}, "")
    opened(root)
    for step in range(3):
        (root / f"postmortems/p{step}.md").unlink()
        (root / f"postmortems/p{step + 50}.md").write_text(told(step + 1))
        (root / f"postmortems/q{step}.md").write_text(told(step + 2))
        found = opened(root)
        assert len(list(place_of(root, "search").glob("*.seg"))) > 1
        for index in (found.index, opened(root).index):
            assert index.total == 200
            assert sorted(index.document(number).path for number in index.numbers()) == sorted(
                path.relative_to(root).as_posix() for path in root.glob("postmortems/*.md")
            )
            assert answers(index) == expected(root, tmp_path, monkeypatch)


def test_a_document_is_shown_as_its_record_says_also_when_it_was_kept(root: Path) -> None:
    fields = {"severity": "sev2", "services": "[DNS, api]", "aliases": "[old-a]", "organization": "Ærø"}
    (root / "postmortems/a.md").write_text(record("Disk\tfull", started="2024-03-01", **fields))
    (root / "postmortems/b.md").write_text(record("Queue slow", id="B"))
    for _ in range(2):
        index = opened(root).index
        shown = {one.path: one for one in map(index.document, index.numbers())}
        a, b = shown["postmortems/a.md"], shown["postmortems/b.md"]
        assert (a.id, a.kind, a.title, a.day) == ("a", "postmortem", "Disk\tfull", "2024-03-01")
        assert a.facts == {
            "kind": {"postmortem": "postmortem"},
            "severity": {"sev2": "sev2"},
            "service": {"dns": "DNS", "api": "api"},
            "organization": {"ærø": "Ærø"},
            "year": {"2024": "2024"},
            "id": {"a": "a", "old-a": "old-a"},
        }
        assert (b.id, b.day, b.facts) == ("B", "", {"kind": {"postmortem": "postmortem"}, "id": {"b": "B"}})
        # What is kept is read, and then kept again beside what changed.
        (root / "postmortems/new.md").write_text(record("New"))


def test_a_knowledge_base_that_was_emptied_and_filled_again_answers(root: Path) -> None:
    opened(root)
    for path in FILES:
        (root / path).unlink()
    empty = opened(root)
    assert (empty.said, empty.index.total) == ("", 0)
    assert ask(empty.index, "disk").total == ask(empty.index, "kind:playbook").total == 0
    (root / "postmortems/a.md").write_text(FILES["postmortems/a.md"])
    assert ids(opened(root).index, "disk") == ["a"]


@pytest.mark.parametrize("query", ["disk", "di*", '"disk full"', "-disk", "kind:playbook", "date:2024", ""])
def test_a_knowledge_base_without_records_answers(library: Library, query: str) -> None:
    for _ in range(2):
        found = opened(library({}, ""))
        assert found.said == ""
        assert ask(found.index, query).total == 0


def test_an_open_index_answers_as_before_when_another_brings_it_up_to_date(root: Path) -> None:
    old = opened(root).index
    first = ids(old, "queue")
    (root / "postmortems/b.md").unlink()
    assert "b" not in ids(opened(root).index, "queue")
    assert ids(old, "queue") == first
    assert "b" in first


def test_an_index_that_changes_while_it_is_opened_is_not_mixed_up(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(root)
    real = module.FileIndex

    def overtaken(storage: Any) -> Any:
        # Another process finds other files and writes its index, just before this one opens it.
        monkeypatch.setattr(module, "FileIndex", real)
        (root / "learnings/d.md").unlink()
        (root / "learnings/0.md").write_text(record("Another disk"))
        (root / "postmortems/a.md").write_text(record("Nothing"))
        opened(root)
        return real(storage)

    monkeypatch.setattr(module, "FileIndex", overtaken)
    found = opened(root)
    assert found.said == ""
    # What it looked at when it began: the file that came later is not in it.
    assert ids(found.index, "disk") == ["c"]
    assert ids(found.index, "nothing") == ["a"]
    assert set(ids(opened(root).index, "disk")) == {"0", "c"}


def _truncated(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _junk(path: Path) -> None:
    path.write_bytes(b"\x80\x04junk\xff\0" * 500)


def _junk_of_its_size(path: Path) -> None:
    path.write_bytes((b"\x80\x04junk\xff\0" * (path.stat().st_size // 8 + 1))[: path.stat().st_size])


def _junk_inside(path: Path) -> None:
    """Overwrite the middle; beginning, end and size stay."""
    data = bytearray(path.read_bytes())
    data[len(data) // 3 : 2 * len(data) // 3] = b"\xff" * (2 * len(data) // 3 - len(data) // 3)
    path.write_bytes(data)


def _a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _deleted(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("pattern", ["_MAIN_*.toc", "MAIN_*.seg", "state.json"])
@pytest.mark.parametrize("harm", [_truncated, _emptied, _junk, _junk_of_its_size, _junk_inside, _a_folder, _deleted])
@pytest.mark.parametrize("is_changed", [False, True])
def test_a_damaged_index_is_made_anew_and_says_so(
    root: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    pattern: str,
    harm: Callable[[Path], None],
    is_changed: bool,
) -> None:
    opened(root)
    (path,) = place_of(root, "search").glob(pattern)
    harm(path)
    if path.exists():
        # Some file systems keep times only to a few milliseconds.
        os.utime(path, ns=(1, 1))
    if is_changed:
        (root / "postmortems/b.md").write_text(record("Broker slow"))
    found = opened(root)
    assert found.said == (UNFINISHED if (pattern, harm) == ("state.json", _deleted) else DAMAGED)
    assert answers(found.index) == expected(root, tmp_path, monkeypatch)
    assert opened(root).said == ""


def test_the_files_that_the_damage_is_tried_on_are_all_there_are(root: Path) -> None:
    opened(root)
    names = {path.name for path in place_of(root, "search").iterdir()}
    known = {path.name for pattern in ("_MAIN_*.toc", "MAIN_*.seg") for path in place_of(root, "search").glob(pattern)}
    assert names - known == {"state.json", "MAIN_WRITELOCK"}


@pytest.mark.parametrize("harm", [_junk, _deleted])
def test_damage_to_a_file_that_holds_nothing_does_no_harm(root: Path, harm: Callable[[Path], None]) -> None:
    first = answers(opened(root).index)
    harm(place_of(root, "search") / "MAIN_WRITELOCK")
    (place_of(root, "search") / "stray").write_text("x")
    assert opened(root).said == ""
    assert answers(opened(root).index) == first
    (root / "postmortems/b.md").unlink()
    found = opened(root)
    assert (found.said, found.index.total) == ("", 3)


@pytest.mark.parametrize("state", ["[]", "{}", "null", f'{{"format": {module.FORMAT}}}', "\xff"])
def test_a_state_of_another_shape_is_made_anew(root: Path, state: str) -> None:
    opened(root)
    (place_of(root, "search") / "state.json").write_text(state, encoding="latin-1")
    is_made_anew(opened(root), DAMAGED, root)


def _without(*names: str) -> Callable[[dict[str, Any]], None]:
    def harm(state: dict[str, Any]) -> None:
        for name in names[:-1]:
            state = state[name]
        del state[names[-1]]

    return harm


def _with(value: Any, *names: str) -> Callable[[dict[str, Any]], None]:
    def harm(state: dict[str, Any]) -> None:
        for name in names[:-1]:
            state = state[name]
        state[names[-1]] = value

    return harm


@pytest.mark.parametrize(
    "harm",
    [
        _without("files"),
        _with(["a.md"], "files"),
        _without("parts"),
        _without("records"),
        _without("records", "paths"),
        _with([], "records", "titles"),
        _with(["a", "b", "c", "d", "e"], "records", "ids"),
        _with("AAAAAA==", "records", "lengths", "title"),
        _with("?", "records", "lengths", "title"),
        _without("records", "lengths", "prose"),
        _without("records", "facts", "severity"),
        _with([{}], "records", "facts", "kind", "values"),
        _with("AAAA", "records", "facts", "kind", "which"),
        _with({}, "records", "more"),
    ],
)
def test_a_state_in_which_something_is_missing_is_made_anew(root: Path, harm: Callable[[Any], None]) -> None:
    opened(root)
    path = place_of(root, "search") / "state.json"
    state = json.loads(path.read_text())
    harm(state)
    path.write_text(json.dumps(state))
    is_made_anew(opened(root), DAMAGED, root)


def test_a_state_of_an_earlier_format_is_of_another_version_and_not_damaged(root: Path) -> None:
    opened(root)
    (place_of(root, "search") / "state.json").write_text(
        '{"format": 2, "config": "", "files": {}, "records": {}, "parts": {}}'
    )
    is_made_anew(opened(root), OTHER, root)


def test_an_index_that_was_not_finished_is_made_anew(root: Path) -> None:
    opened(root)
    (place_of(root, "search") / "state.json").unlink()
    is_made_anew(opened(root), UNFINISHED, root)


def test_an_index_whose_writer_was_stopped_is_made_anew(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(root)
    (root / "postmortems/b.md").write_text(record("Broker slow"))

    def stopped(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module, "_add", stopped)
        with pytest.raises(KeyboardInterrupt):
            opened(root)
    is_made_anew(opened(root), UNFINISHED, root)


def test_an_empty_folder_is_no_index_that_was_not_finished(root: Path) -> None:
    place_of(root, "search").mkdir(parents=True)
    assert opened(root).said == ""


def test_an_index_of_another_format_is_made_anew(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(module, "FORMAT", module.FORMAT + 1)
        opened(root)
        assert opened(root).said == ""
    is_made_anew(opened(root), OTHER, root)


def test_a_changed_configuration_makes_the_index_anew(root: Path, made: list[str]) -> None:
    opened(root)
    made.clear()
    (root / "kb.toml").write_text('[fields.postmortem]\nsummary = "abstract"\n')
    (root / "postmortems/b.md").write_text(record("Broker", abstract="a short giraffe"))
    found = opened(root)
    is_made_anew(found, OTHER, root)
    assert sorted(made) == sorted(FILES)
    assert ids(found.index, "giraffe") == ["b"]


def test_a_broken_record_is_left_out_until_it_is_mended(root: Path, made: list[str]) -> None:
    path = root / "postmortems/a.md"
    path.write_text("---\ntitle: [disk\n---\ndisk\n")
    found = opened(root)
    assert (found.said, found.index.total) == ("", 3)
    assert ids(found.index, "disk") == ["c"]
    made.clear()
    assert opened(root).index.total == 3
    assert made == []
    path.write_text(FILES["postmortems/a.md"])
    assert ids(opened(root).index, "disk") == ["a", "c"]
    path.write_text("---\nstarted: never\n---\ndisk\n")
    assert ids(opened(root).index, "disk") == ["c"]


def test_a_file_whose_name_is_no_text_is_left_out(root: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(root / "postmortems") + b"/x\xff.md"))
    try:
        path.write_text(record("Disk"))
    except OSError:
        pytest.skip("this file system takes no such name")
    assert ids(opened(root).index, "disk") == ["a", "c"]
    path.write_text(record("Another disk"))
    assert ids(opened(root).index, "disk") == ["a", "c"]
    path.unlink()
    found = opened(root)
    assert (found.said, ids(found.index, "disk")) == ("", ["a", "c"])


def test_a_link_that_leads_nowhere_is_left_out(root: Path) -> None:
    (root / "postmortems/x.md").symlink_to("nowhere.md")
    found = opened(root)
    assert (found.said, found.index.total) == ("", 4)


def test_two_records_of_one_id_are_both_found(root: Path) -> None:
    (root / "postmortems/2024").mkdir()
    (root / "postmortems/2024/a.md").write_text(record("Another disk"))
    found = ask(opened(root).index, "disk id:a").results
    assert {hit.document.path for hit in found} == {"postmortems/a.md", "postmortems/2024/a.md"}


_ASK = """
import sys
from pathlib import Path
from kb.config import load_config
from kb.search.index import open_index
from kb.search.query import read_query
from kb.search.search import search

root = Path(sys.argv[1])
opened = open_index(root, load_config(root))
answer = search(opened.index, read_query("disk queue"), 1000)
print(repr(opened.said), answer.total, [(hit.document.id, hit.score) for hit in answer.results])
"""


@pytest.mark.parametrize("state", ["none", "changed", "damaged"])
def test_processes_that_open_it_at_once_answer_the_same(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    root = library({f"postmortems/p{n}.md": record(f"Disk {n}", "queue " * n) for n in range(60)}, "")
    if state != "none":
        opened(root)
        (root / "postmortems/p7.md").write_text(record("Nothing"))
    if state == "damaged":
        (path,) = place_of(root, "search").glob("MAIN_*.seg")
        _junk(path)
    running = [
        subprocess.Popen(
            [sys.executable, "-c", _ASK, str(root)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    outputs = [one.communicate() for one in running]
    assert [(one.returncode, err) for one, (_, err) in zip(running, outputs, strict=True)] == [(0, "")] * 4
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "fresh"))
    fresh = scores(opened(root).index, "disk queue")
    assert [out.rpartition("' ")[2].strip() for out, _ in outputs] == [f"{len(fresh)} {list(fresh.items())}"] * 4
    said = [out.rpartition("' ")[0].strip("'") for out, _ in outputs]
    assert set(said) <= {"", DAMAGED}
    # The one that makes it anew says so; the others waited for it.
    assert said.count(DAMAGED) == (state == "damaged")


def test_the_index_never_lies_inside_the_knowledge_base(root: Path, cache_folder: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    opened(root)
    (root / "postmortems/b.md").unlink()
    opened(root)
    after = {path: path.stat().st_mtime_ns for path in root.rglob("*") if path != root / "postmortems"}
    assert after == {path: before[path] for path in after}
    assert len(after) == len(before) - 2
    assert place_of(root, "search").is_relative_to(cache_folder)
    assert not place_of(root, "search").is_relative_to(root)


@pytest.mark.parametrize("folder", ["", ".", ".cache", "./cache"])
def test_a_cache_folder_that_is_named_from_here_is_not_used(
    root: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    monkeypatch.chdir(root)
    monkeypatch.setenv("XDG_CACHE_HOME", folder)
    assert place_of(root, "search").is_absolute()
    assert not place_of(root, "search").is_relative_to(root)


def test_two_knowledge_bases_have_two_indexes_and_one_has_one(root: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(root)
    assert (
        place_of(tmp_path / "link", "search")
        == place_of(root / "postmortems" / "..", "search")
        == place_of(root, "search")
    )
    assert place_of(tmp_path / "other", "search") != place_of(root, "search")


def test_a_cache_folder_that_cannot_be_written_is_an_error_of_the_system(root: Path, cache_folder: Path) -> None:
    cache_folder.write_text("a file, not a folder")
    with pytest.raises(OSError, match="cache"):
        opened(root)


def test_the_state_is_written_at_once_and_leaves_nothing_behind(root: Path) -> None:
    opened(root)
    state = json.loads((place_of(root, "search") / "state.json").read_text())
    assert state["format"] == module.FORMAT
    assert sorted(state["files"]) == sorted(state["records"]["paths"]) == sorted(FILES)
    assert not (place_of(root, "search") / "state.new").exists()


@pytest.mark.parametrize(
    ("prefix", "limit", "found"),
    [("qu", 9, ["queue", "queues"]), ("qu", 1, ["queue"]), ("zz", 9, []), ("=", 9, []), ("", 2, ["answer", "ask"])],
)
def test_a_beginning_stands_for_words_in_their_order(root: Path, prefix: str, limit: int, found: list[str]) -> None:
    assert opened(root).index.beginning(prefix, limit) == tuple(f"={word}" for word in found)
