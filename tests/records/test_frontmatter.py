import pytest

from kb.records.frontmatter import MAX_BYTES, MAX_DEPTH, Fault, Raw, read


def fault(text: str | bytes) -> Fault:
    with pytest.raises(Fault) as caught:
        read(text if isinstance(text, bytes) else text.encode())
    return caught.value


def raw(text: str) -> Raw:
    return read(text.encode())


@pytest.mark.parametrize("value", ["no", "1.10", "0123", "2024-02-30", "0x10", "1e3", "true", "12:30:45", "=", "Null "])
def test_a_value_stays_the_text_that_was_written(value: str) -> None:
    assert raw(f"---\ntitle: {value}\n---\n").fields == {"title": value.strip() if value != "Null " else None}


@pytest.mark.parametrize("value", ["", "~", "null", "Null", "NULL"])
def test_nothing_is_none(value: str) -> None:
    assert raw(f"---\ntitle: {value}\n---\n").fields == {"title": None}


@pytest.mark.parametrize("value", ['""', "''", '"~"', "'null'", "!!str null"])
def test_nothing_in_quotes_is_text(value: str) -> None:
    assert isinstance(raw(f"---\ntitle: {value}\n---\n").fields["title"], str)


def test_every_value_has_the_line_of_its_name() -> None:
    found = raw(
        "---\n# a comment\ntitle: x\n\nactions:\n  - title: |\n      one\n      two\n    due:\n      2024-01-01\n---\nBody\n"
    )
    assert found.lines[("title",)] == 3
    assert found.lines[("actions",)] == 5
    assert found.lines[("actions", 0)] == 6
    assert found.lines[("actions", 0, "title")] == 6
    assert found.lines[("actions", 0, "due")] == 9
    assert found.body_line == 12


def test_lines_are_counted_as_editors_count_them() -> None:
    # YAML ends a line at U+2028 too, editors do not.
    found = raw("---\ntitle: 'a\u2028  b'\ntags: [x]\n---\n")
    assert found.lines[("tags",)] == 3


@pytest.mark.parametrize(
    ("text", "body", "line"),
    [
        ("---\na: b\n---\nText\n", "Text", 4),
        ("---\na: b\n---\n\n \n\nText", "Text", 7),
        ("---\na: b\n---\n\n    code\n\nText", "    code\n\nText", 5),
        ("---\n---\nText\n\n---\n\nMore\n", "Text\n\n---\n\nMore", 3),
        ("---\na: b\n---", "", 4),
        ("No fields\n", "No fields\n", 1),
    ],
)
def test_the_body_keeps_its_indent_and_knows_its_first_line(text: str, body: str, line: int) -> None:
    found = raw(text)
    assert found.body == body
    assert found.body.strip() == "" or found.body_line == line


def test_line_ends_are_read_alike() -> None:
    text = "---\ntitle: x\ntags:\n- a\n---\n\nOne\n\nTwo\n"
    plain = raw(text)
    for end in ("\r\n", "\r"):
        found = raw(text.replace("\n", end))
        assert (found.fields, found.lines, found.body, found.body_line) == (
            plain.fields,
            plain.lines,
            plain.body,
            plain.body_line,
        )
        assert [code for code, _, _ in found.notes] == ["carriage-return"]


def test_the_largest_file_is_read_and_one_byte_more_is_not() -> None:
    assert read(b"a" * MAX_BYTES).body == "a" * MAX_BYTES
    assert fault(b"a" * (MAX_BYTES + 1)).code == "too-large"


def test_depth_is_bounded_from_within_and_not_by_recursion() -> None:
    assert raw("---\na: " + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1) + "\n---\n").fields
    assert fault("---\na: " + "[" * 500_000 + "\n---\n").code == "yaml-depth"
    assert fault("---\na: " + "{b: " * 200_000 + "\n---\n").code == "yaml-depth"


def test_an_alias_is_refused_before_it_is_expanded() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(24)
    )
    assert fault(f"---\n{bomb}---\n").code == "yaml-anchor"


def test_only_the_first_fault_of_a_file_is_named_with_its_line() -> None:
    found = fault("---\ntitle: x\ntags: !!python/name:os.system\na: &b c\n---\n")
    assert (found.code, found.line) == ("yaml-tag", 3)


def test_a_character_that_yaml_forbids_has_its_line() -> None:
    found = fault("---\ntitle: é\nsummary: a\u0090b\n---\n")
    assert (found.code, found.line) == ("yaml-syntax", 3)


@pytest.mark.parametrize("escape", [r"\0", r"\x1b[2J", r"\x7f", r"\a", r"\x9b", r"\e"])
def test_an_escape_does_not_smuggle_a_control_character(escape: str) -> None:
    found = fault(f'---\ntitle: x\nsummary: "{escape}"\n---\n')
    assert (found.code, found.line) == ("control-character", 3)


def test_tabs_and_line_ends_may_be_escapes() -> None:
    assert raw('---\ntitle: "a\\tb\\nc"\n---\n').fields == {"title": "a\tb\nc"}


def test_a_long_message_is_cut() -> None:
    name = "a" * 100_000
    for text in (
        f"---\n{name}: b\n{name}: c\n---\n",
        f"---\na: &{name} b\n---\n",
        f"---\na: !{name} b\n---\n",
        "-" * 9999,
    ):
        assert len(fault(text).message) < 200
