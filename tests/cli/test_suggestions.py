"""When a check suggests something, and that it costs nothing where there is nothing to suggest."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

import kb
from kb.cli.suggestions import suggested

Library = Callable[[Mapping[str, Any], str], Path]

DISK = "The disk of the {} was full and nothing could be written to the volume"
TLS = "The certificate of the {} expired and clients refused the connection"
PLACES = ("shop", "mail", "queue", "search", "stock", "gate", "till", "depot", "tower", "ferry", "barge")


def incident(title: str, *lines: str) -> str:
    return "\n".join(["---", f"title: {title}", *lines, "---", ""])


def taught(number: int = 10) -> dict[str, str]:
    """Incidents of two causes, as many of each."""
    return {
        f"postmortems/{kind}-{place}.md": incident(text.format(place), f"causes: [{cause}]")
        for kind, text, cause in (("disk", DISK, "insufficient_resource"), ("tls", TLS, "misconfiguration"))
        for place in PLACES[:number]
    }


# Among nothing but equals nothing stands out.
OTHERS = {
    f"postmortems/other-{number}.md": incident(title, "causes: [unknown]")
    for number, title in enumerate(
        (
            "A storm cut the mains and the generator did not start",
            "A wrong parameter was rolled out everywhere",
            "Retries kept the queue saturated for hours",
            "A route was announced that led nowhere",
        )
    )
}


def found(library: Library, files: Mapping[str, str], levels: str = "") -> list[tuple[str, str]]:
    catalogue = kb.load(library(files, f"[levels]\n{levels}"))
    return [(finding.path, finding.code) for finding in suggested(catalogue)]


def test_a_cause_is_suggested_with_its_evidence_and_how_often_such_are_right(library: Library) -> None:
    catalogue = kb.load(library({**taught(), "postmortems/new.md": incident(TLS.format("crane"))}, ""))
    [finding] = suggested(catalogue)
    assert (finding.code, finding.level, finding.place) == ("suggested-cause", kb.Level.HINT, "postmortems/new.md:1")
    assert "`misconfiguration`" in finding.message
    assert "certificates" in finding.message
    assert re.search(r"right here in (1[89]|20) of 20", finding.message)
    assert "`causes: [misconfiguration]`" in finding.hint


@pytest.mark.parametrize("said", ["causes: [unknown]", "causes: [hardware]"])
def test_whoever_has_said_something_of_the_cause_is_not_asked(said: str, library: Library) -> None:
    assert found(library, {**taught(), "postmortems/new.md": incident(TLS.format("crane"), said)}) == []


def test_no_cause_is_suggested_where_there_is_too_little_to_learn_from(library: Library) -> None:
    assert found(library, {**taught(9), "postmortems/new.md": incident(TLS.format("crane"))}) == []


def test_no_cause_is_suggested_where_nobody_names_any(library: Library) -> None:
    files = {name: text.replace("causes", "tags") for name, text in taught().items()}
    assert found(library, files) == []


def test_only_an_earlier_incident_may_be_repeated(library: Library) -> None:
    files = {
        **OTHERS,
        "postmortems/first.md": incident(DISK.format("shop"), "started: 2023-01-01", "causes: [unknown]"),
        "postmortems/second.md": incident(DISK.format("mail"), "started: 2024-01-01", "causes: [unknown]"),
        "postmortems/undated.md": incident(DISK.format("till"), "causes: [unknown]"),
    }
    assert found(library, files) == [("postmortems/second.md", "undeclared-repeat")]


def test_one_finding_names_all_that_an_incident_may_repeat(library: Library) -> None:
    files = {
        f"postmortems/{place}.md": incident(DISK.format(place), f"started: 2023-01-0{day}", "causes: [unknown]")
        for day, place in enumerate(("shop", "mail", "till"), 1)
    }
    *_, last = (one for one in suggested(kb.load(library({**OTHERS, **files}, ""))))
    assert last.path == "postmortems/till.md"
    assert all(f"`{name}`" in last.message for name in ("shop", "mail"))


@pytest.mark.parametrize("field", ["recurrence_of", "related", "not_related"])
def test_an_answer_ends_the_question(field: str, library: Library) -> None:
    files = {
        **OTHERS,
        "postmortems/first.md": incident(DISK.format("shop"), "started: 2023-01-01", "causes: [unknown]"),
        "postmortems/second.md": incident(
            DISK.format("mail"), "started: 2024-01-01", "causes: [unknown]", f"{field}: [first]"
        ),
    }
    assert found(library, files) == []


def test_a_name_that_yaml_would_read_otherwise_is_quoted(library: Library) -> None:
    files = {
        **OTHERS,
        "postmortems/a, b.md": incident(DISK.format("shop"), "started: 2023-01-01", "causes: [unknown]"),
        "postmortems/second.md": incident(DISK.format("mail"), "started: 2024-01-01", "causes: [unknown]"),
    }
    [finding] = suggested(kb.load(library(files, "")))
    assert '`recurrence_of: ["a, b"]`' in finding.hint


def test_only_what_is_wanted_is_looked_for(library: Library) -> None:
    catalogue = kb.load(library({**taught(), "postmortems/new.md": incident(TLS.format("crane"))}, ""))
    assert suggested(catalogue, lambda path: path == "postmortems/disk-shop.md") == ()
    assert len(suggested(catalogue, lambda path: path == "postmortems/new.md")) == 1


def learns(root: Path, *arguments: str) -> bool:
    """Tell whether a check of this knowledge base imports what learns."""
    program = f"import sys\nfrom kb.cli import main\nmain(['-C', {str(root)!r}, 'check', *{list(arguments)!r}])\n"
    command = [sys.executable, "-c", f"{program}print('sklearn' in sys.modules)"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=dict(os.environ))
    return done.stdout.splitlines()[-1] == "True"


def test_what_learns_is_imported_only_where_something_may_be_suggested(library: Library) -> None:
    one = incident(DISK.format("shop"), "started: 2023-01-01", "causes: [hardware]")
    two = {"postmortems/first.md": one, "postmortems/second.md": one, "playbooks/p.md": "---\ntitle: p\n---\n"}
    root = library(two, "")
    assert learns(root)
    assert not learns(root, "playbooks")
    (root / "kb.toml").write_text('[levels]\nundeclared-repeat = "off"\n')
    # Both name their cause, so nothing is left to ask.
    assert not learns(root)
    (root / "postmortems/second.md").write_text(incident(DISK.format("shop")))
    assert learns(root)
    (root / "kb.toml").write_text('[levels]\nundeclared-repeat = "off"\nsuggested-cause = "off"\n')
    assert not learns(root)


def test_a_name_of_a_cluster_is_found_in_kb_toml_and_is_no_record(
    library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    from kb.cli import main

    root = library({"postmortems/a.md": incident("x")}, '[clusters.names]\n"b" = "Disks"\n')
    assert main(["-C", str(root), "check", "--strict"]) == 1
    said = capsys.readouterr().out
    assert "kb.toml:2: warning[dangling-reference]" in said
    assert said.splitlines()[-1].startswith("1 record: 0 errors, 1 warning")
