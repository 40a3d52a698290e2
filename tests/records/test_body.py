from pathlib import Path

import pytest

from kb.records.body import examine, local_target
from kb.records.frontmatter import read

PNG = b"\x89PNG\r\n\x1a\n"


def findings(root: Path, body: str) -> list[tuple[str, int]]:
    noted: list[tuple[str, int]] = []
    examine(
        read(b"---\ntitle: x\n---\n" + body.encode()),
        root,
        "notes/a.md",
        "notes",
        lambda code, line, *_: noted.append((code, line)),
    )
    return noted


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "notes" / "pictures").mkdir(parents=True)
    (tmp_path / "notes" / "pictures" / "graph.png").write_bytes(PNG)
    return tmp_path


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("b.md", "notes/b.md"),
        ("../b.md", "b.md"),
        ("./c/../b.md", "notes/b.md"),
        ("b%20c.md#part", "notes/b c.md"),
        ("b.md?x=1#part", "notes/b.md"),
        ("../../b.md", "../b.md"),
        ("/b.md", ""),
        ("#part", ""),
        ("?x", ""),
        ("", ""),
        ("b%00.md", ""),
    ],
)
def test_a_relative_link_means_a_file_beside_the_record(address: str, target: str) -> None:
    assert local_target("notes/a.md", address) == target


def test_an_attachment_keeps_its_place(root: Path) -> None:
    raw = read(b"---\ntitle: x\n---\n\n![a](pictures/graph.png) and [[b]]\n\n[[c]]")
    references, attachments = examine(raw, root, "notes/a.md", "notes", lambda *_: pytest.fail("nothing is odd"))
    assert [(a.path, a.line) for a in attachments] == [("notes/pictures/graph.png", 5)]
    assert [(r.target, r.relation, r.line) for r in references] == [("b", "mentions", 5), ("c", "mentions", 7)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", PNG),
        ("a.PNG", PNG),
        ("a.jpg", b"\xff\xd8\xff\xe0"),
        ("a.jpeg", b"\xff\xd8\xff\xe0"),
        ("a.gif", b"GIF87a"),
        ("a.webp", b"RIFF\x00\x00\x00\x00WEBP"),
        ("a.pdf", b"%PDF-1.4"),
        ("a.txt", b"<script>"),
        ("a.csv", b""),
    ],
)
def test_what_is_what_its_name_says_is_published(root: Path, name: str, content: bytes) -> None:
    (root / "notes" / name).write_bytes(content)
    assert findings(root, f"[a]({name})") == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", b"<html>"),
        ("a.png", b""),
        ("a.jpg", PNG),
        ("a.gif", b"GIF8"),
        ("a.webp", b"RIFF\x00\x00\x00\x00AVI "),
        ("a.pdf", b"<script>%PDF-"),
        ("a.svg", b"<svg/>"),
        ("a.html", b""),
        ("a.js", b""),
        ("a.xml", b""),
        ("a.png.html", PNG),
    ],
)
def test_what_could_run_or_lies_is_not(root: Path, name: str, content: bytes) -> None:
    (root / "notes" / name).write_bytes(content)
    assert findings(root, f"\n\n[a]({name})") == [("refused-attachment", 6)]


def test_a_link_out_of_the_folder_is_not_followed(root: Path) -> None:
    (root / "secret.txt").write_text("secret")
    (root / "notes" / "link.txt").symlink_to(root / "secret.txt")
    assert findings(root, "[a](../secret.txt)\n[b](link.txt)") == [("refused-attachment", 4), ("refused-attachment", 5)]


def test_whether_a_file_outside_is_there_is_not_said(root: Path) -> None:
    (root.parent / "there.md").touch()
    assert findings(root, "[a](../../there.md)\n[b](../../not-there.md)") == [("broken-link", 4), ("broken-link", 5)]


@pytest.mark.parametrize(
    "name", ["a" * 300 + ".md", "a" * 300 + ".png", "b.md/c.png", "\ud7ff.md", "%ff%fe.png", "a%1b.md"]
)
def test_an_odd_name_is_a_broken_link_and_no_traceback(root: Path, name: str) -> None:
    assert findings(root, f"[a]({name})") == [("broken-link", 4)]


def test_a_link_that_leads_to_itself_is_broken(root: Path) -> None:
    (root / "notes" / "circle.png").symlink_to("circle.png")
    (root / "notes" / "circle.md").symlink_to("circle.md")
    assert findings(root, "[a](circle.png)\n[b](circle.md)") == [("broken-link", 4), ("broken-link", 5)]
