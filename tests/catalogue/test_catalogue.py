import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

import kb

TODAY = date(2024, 6, 1)
Library = Callable[[dict[str, str]], Path]


def loaded(root: Path) -> kb.Catalogue:
    return kb.load(root, today=TODAY)


@pytest.fixture
def harbour(library: Library) -> Path:
    """A small knowledge base with something of everything, faults too."""
    return library(
        {
            "postmortems/2023/Ærø.md": "---\ntitle: Ärger\nstarted: 2023-01-01\nservices: [Web Shop, db]\n"
            "causes: hardware\n---\n[[gone]]\n",
            "postmortems/2024/b.md": (
                "---\ntitle: b\nstarted: 2024-01-01T10:00Z\nservices: [web-shop]\nteams: Harbour\norganization: Acme\n"
                "actions:\n- {id: x, title: t, status: accepted, due: 2024-05-01}\n- {title: u}\nplaybooks: [pump]\n---\n"
            ),
            "postmortems/2024/c.md": "---\ntitle: C\nstarted: 2024-01-01T10:00Z\nservices: [web-shop, db]\n---\n<script>\n",
            "postmortems/2024/unknown-2.md": "---\ntitle: Zebra\n---\n",
            "postmortems/2024/unknown-1.md": "---\ntitle: zebra\n---\n",
            "postmortems/2024/broken.md": "---\ntitle: [x\n---\n",
            "playbooks/pump.md": "---\ntitle: Pump\nservices: DB\nlast_reviewed: 2023-06-01\n---\n[[Ærø]]\n",
            "playbooks/日本.md": "---\ntitle: アラーム\n---\n",
            "learnings/lessons/b.md": "---\ntitle: twice\n---\n",
            "learnings/lessons/z.md": "---\ntitle: a\nincidents: [b, Ærø]\ncauses: [hardware]\nactions: {id: y}\n---\n",
        }
    )


def test_records_are_by_id_and_in_order_of_id(harbour: Path) -> None:
    catalogue = loaded(harbour)
    assert list(catalogue.records) == ["b", "c", "pump", "unknown-1", "unknown-2", "z", "Ærø", "日本"]
    assert all(record.id == name for name, record in catalogue.records.items())


def test_incidents_are_newest_first_and_those_without_a_start_last(harbour: Path) -> None:
    assert [i.id for i in loaded(harbour).incidents] == ["b", "c", "Ærø", "unknown-1", "unknown-2"]


def test_playbooks_and_learnings_are_in_order_of_title(harbour: Path) -> None:
    catalogue = loaded(harbour)
    assert [p.title for p in catalogue.playbooks] == ["Pump", "アラーム"]
    assert [learning.title for learning in catalogue.learnings] == ["a"]


def test_what_cannot_be_read_is_left_out_and_said(harbour: Path) -> None:
    catalogue = loaded(harbour)
    assert [(f.path, f.code) for f in catalogue.errors] == [
        ("learnings/lessons/b.md", "duplicate-id"),
        ("postmortems/2024/broken.md", "yaml-syntax"),
    ]


def test_findings_are_in_order_of_place(harbour: Path) -> None:
    findings = loaded(harbour).findings
    assert findings == tuple(sorted(findings, key=lambda f: f.order))
    assert len({f.path for f in findings}) == 4


def test_spellings_of_one_topic_are_merged_under_the_most_frequent(harbour: Path) -> None:
    services = loaded(harbour).topics["service"]
    assert [(topic.slug, topic.name, topic.members) for topic in services.values()] == [
        ("db", "db", ("c", "Ærø", "pump")),
        ("web-shop", "web-shop", ("b", "c", "Ærø")),
    ]


def test_of_spellings_as_frequent_the_first_by_letter_is_the_name(library: Library) -> None:
    root = library(
        {
            f"learnings/{name}.md": f"---\ntitle: x\nteams: ['{team}']\n---\n"
            for name, team in (("a", "Ops"), ("b", "OPS"))
        }
    )
    assert [topic.name for topic in loaded(root).topics["team"].values()] == ["OPS"]


def test_every_kind_of_topic_is_there(harbour: Path) -> None:
    topics = loaded(harbour).topics
    assert {kind: list(found) for kind, found in topics.items() if kind != "service"} == {
        "team": ["harbour"],
        "cause": ["hardware"],
        "organization": ["acme"],
    }
    assert topics["cause"]["hardware"].members == ("Ærø", "z")


def test_promises_are_of_every_record_that_holds_some(harbour: Path) -> None:
    catalogue = loaded(harbour)
    assert [(p.name, p.state, p.is_overdue) for p in catalogue.promises] == [
        ("b#x", "accepted", True),
        ("b", "unknown", False),
        ("z#y", "unknown", False),
    ]
    assert {name: len(promises) for name, promises in catalogue.promises_of.items()} == {"b": 2, "z": 1}


def test_whether_a_promise_is_overdue_depends_on_the_day(harbour: Path) -> None:
    assert not any(p.is_overdue for p in kb.load(harbour, today=date(2024, 5, 1)).promises)
    assert any(p.is_overdue for p in kb.load(harbour, today=date(2024, 5, 2)).promises)


def test_a_playbook_is_prompted_by_incidents_on_its_services_however_they_are_spelt(harbour: Path) -> None:
    freshness = loaded(harbour).freshness
    assert {name: fresh.state for name, fresh in freshness.items()} == {"pump": "prompted", "日本": "unknown"}
    assert [i.id for i in freshness["pump"].touched] == ["c"]
    assert [i.id for i, _ in freshness["pump"].uses] == ["b"]


def test_an_empty_knowledge_base_has_nothing_of_everything(library: Library) -> None:
    catalogue = loaded(library({}))
    assert (dict(catalogue.records), catalogue.findings, catalogue.links, catalogue.incidents) == ({}, (), (), ())
    assert (catalogue.promises, dict(catalogue.freshness)) == ((), {})
    assert not any(catalogue.topics.values())


def test_a_catalogue_cannot_be_changed(harbour: Path) -> None:
    catalogue = loaded(harbour)
    with pytest.raises(TypeError):
        catalogue.records["x"] = catalogue.records["b"]  # type: ignore[index]
    with pytest.raises(AttributeError):
        catalogue.today = date(2025, 1, 1)  # type: ignore[misc]


def test_the_day_comes_from_the_environment_unless_given(harbour: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1714521600")
    assert kb.load(harbour).today == date(2024, 5, 1)
    assert kb.load(harbour, today=TODAY).today == TODAY


def test_progress_sees_every_file_and_how_many_they_are(harbour: Path) -> None:
    seen: list[str] = []

    def progress(files: object, number: int) -> object:
        for found in files:  # type: ignore[attr-defined]
            seen.append(f"{found.path} of {number}")
            yield found

    kb.load(harbour, today=TODAY, progress=progress)  # type: ignore[arg-type]
    assert len(seen) == 10
    assert seen[0] == "postmortems/2023/Ærø.md of 10"


def test_what_is_public_is_named_and_there() -> None:
    assert len(kb.__all__) == len(set(kb.__all__))
    assert all(getattr(kb, name).__doc__ for name in kb.__all__ if name != "CODES")


def said(catalogue: kb.Catalogue) -> str:
    """All that may depend on an order, as text."""
    return json.dumps(
        {
            "records": [(name, record.model_dump(mode="json")) for name, record in catalogue.records.items()],
            "findings": [[f.place, f.code, f.level, f.message, f.hint] for f in catalogue.findings],
            "links": [[link.source, link.target, link.relation, link.line] for link in catalogue.links],
            "topics": [
                [kind, [[t.slug, t.name, t.members] for t in found.values()]]
                for kind, found in catalogue.topics.items()
            ],
            "incidents": [i.id for i in catalogue.incidents],
            "freshness": [[name, f.state, f.reason] for name, f in catalogue.freshness.items()],
        }
    )


_PROGRAM = """
import sys
from pathlib import Path
sys.path[:0] = {path!r}
import kb, test_catalogue
sys.stdout.write(test_catalogue.said(test_catalogue.loaded(Path({root!r}))))
"""


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "2", "LC_ALL": "C.UTF-8", "TZ": "Pacific/Kiritimati"},
    ],
    ids=["seed-1-in-c", "seed-2-far-east"],
)
def test_another_process_in_another_place_comes_to_the_same(
    harbour: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    path = [str(Path(kb.__file__).parent.parent), str(Path(__file__).parent)]
    program = _PROGRAM.format(path=path, root=os.path.relpath(harbour, tmp_path))
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env={**inherited, **environment}, capture_output=True, check=True
    )
    assert run.stdout.decode() == said(loaded(harbour))


def test_the_order_in_which_files_are_listed_changes_nothing(harbour: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, scandir = said(loaded(harbour)), os.scandir

    class TurnedRound:
        def __init__(self, path: str) -> None:
            with scandir(path) as entries:
                self._entries = iter(sorted(entries, key=lambda entry: entry.name, reverse=True))

        def __enter__(self) -> "TurnedRound":
            return self

        def __exit__(self, *_: object) -> None: ...

        def __iter__(self) -> "TurnedRound":
            return self

        def __next__(self) -> os.DirEntry[str]:
            return next(self._entries)

    monkeypatch.setattr(os, "scandir", TurnedRound)
    assert said(loaded(harbour)) == plain


def test_the_place_of_the_knowledge_base_changes_nothing(harbour: Path, tmp_path: Path) -> None:
    plain = said(loaded(harbour))
    (tmp_path / "link").symlink_to(harbour)
    assert said(loaded(tmp_path / "link")) == plain
    harbour.rename(tmp_path / "else where")
    assert said(loaded(tmp_path / "else where")) == plain


def test_a_reference_to_a_record_that_cannot_be_read_is_not_said_to_dangle(library: Callable[..., Path]) -> None:
    files = {
        "postmortems/bad.md": "---\ntitle: Bad\nstarted: 2026-02-30\n---\n",
        "postmortems/good.md": "---\ntitle: Good\nrelated: [bad, nowhere]\n---\n",
    }
    catalogue = kb.load(library(files))
    dangling = [finding.message for finding in catalogue.findings if finding.code == "dangling-reference"]
    assert dangling == ["there is no record `nowhere`"]
