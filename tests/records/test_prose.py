from time import process_time

import pytest

from kb.records.prose import Link, ids_in, links_in, mask_code, scheme, unsafe_html

MEGABYTE = 1 << 20


@pytest.mark.parametrize(
    "text",
    [
        "`x`",
        "``a ` x``",
        "a `b\nx` c",
        "```\nx\n```",
        "``` python\nx\n```",
        "~~~\nx\n~~~~",
        "````\n```\nx\n````",
        "> ```\n> x\n> ```",
        "> > ~~~\n> > x\n> > ~~~",
        "- ```\n  x\n  ```",
        "1. ```\n   x\n   ```",
        "    x",
        "prose\n\n    code\n\n    x",
        "\tx",
    ],
)
def test_code_is_blanked_out(text: str) -> None:
    masked = mask_code(text)
    assert "x" not in masked
    assert masked.count("\n") == text.count("\n")


@pytest.mark.parametrize(
    "text",
    [
        "a ` x",
        "a ` b\n\nx ` c",
        "``a` x",
        "\\`x\\`",
        "```\nx",
        "```\nx\n~~~",
        "````\nx\n```",
        "```a``` x\n\nb",
        "text\n    x",
        "- item\n\n    x",
        "```\ncode\n```\nx",
    ],
)
def test_what_only_looks_like_code_is_kept(text: str) -> None:
    assert "x" in mask_code(text)


def test_text_around_code_stays_in_its_place() -> None:
    assert mask_code("a `b` c\n```\nd\n```\ne") == "a     c\n\n\n\ne"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[[a]]", ["a"]),
        ("[[ a ]] [[b|text]] [[ c d | more ]]", ["a", "b", "c d"]),
        ("[[a#b]]", ["a#b"]),
        ("[[[a]]]", ["a"]),
        ("[[日本]]", ["日本"]),
        ("[[]] [[ ]] [[|x]] [[a\nb]] [a] [[a|]] [[a]b]]", []),
        ("[[" + "a" * 200 + "]]", ["a" * 200]),
        ("[[" + "a" * 201 + "]]", []),
    ],
)
def test_ids_stand_in_double_brackets(text: str, expected: list[str]) -> None:
    assert [target for target, _ in ids_in(text)] == expected


def test_an_id_has_its_line() -> None:
    assert list(ids_in("a\n[[b]]\n\nc [[d]] [[e]]")) == [("b", 1), ("d", 3), ("e", 3)]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("[a](b)", "b"),
        ("[a]( b )", "b"),
        ("[a](b c.png)", "b c.png"),
        ("[a](<b c>)", "b c"),
        ('[a](b "title")', "b"),
        ("[a](b 'title')", "b"),
        ("[a](\nb\n)", "b"),
        ("[a](b(c)d)", "b(c)d"),
        ("[a [b] c](d)", "d"),
        ("[a](b) (c)", "b"),
        ("(see [a](b))", "b"),
        ("[0, 1) and [a](b)", "b"),
        ('[a]({{< ref "other" >}})', "other"),
        ('[a]({{< relref other >}} "title")', "other"),
        ("[a]: b", "b"),
        ("[a]: <b>", "b"),
        ("[a]:\n  b", "b"),
        ("<https://a.example>", "https://a.example"),
        ("<a href='b c'>", "b c"),
        ("<A HREF = b>", "b"),
        ('<img alt="x" src="b">', "b"),
        ('<area data-href="x" href="b">', "b"),
    ],
)
def test_a_link_has_its_address(text: str, address: str) -> None:
    assert [link.address for link in links_in(text)] == [address]


@pytest.mark.parametrize(
    "text",
    [
        "[a] (b)",
        "[a]",
        "a](b)",
        "[a](b",
        "[a](b\n\nc)",
        "\\[a](b)",
        "[a\\](b)",
        "[^1]: b",
        "a: b",
        "<a b>",
        "f(x)[0](",
        "<b>",
    ],
)
def test_what_is_no_link_is_none(text: str) -> None:
    assert list(links_in(text)) == []


def test_pictures_are_told_from_links() -> None:
    text = "[a](b)\n![c](d)\n[![e](f)](g)\n<img src=h>"
    assert set(links_in(text)) == {
        Link("b", picture=False, line=0),
        Link("d", picture=True, line=1),
        Link("f", picture=True, line=2),
        Link("g", picture=False, line=2),
        Link("h", picture=True, line=3),
    }


@pytest.mark.parametrize(
    "address",
    [
        "javascript:x",
        "JavaScript:x",
        " javascript:x",
        "java\tscript:x",
        "java\nscript:x",
        "\x01javascript:x",
        "javascript :x",
        "javascript&colon;x",
        "javascript&#58;x",
        "javascript&#x3A;x",
        "&#106;avascript:x",
        "java&Tab;script&NewLine;:x",
    ],
)
def test_nothing_hides_a_scheme(address: str) -> None:
    assert scheme(address) == "javascript"


@pytest.mark.parametrize("address", ["a/b:c", "#a:b", "?a:b", "./a:b", "a", "", "//a:80/b", "javascript%3Ax", "日本:x"])
def test_a_relative_address_has_no_scheme(address: str) -> None:
    assert scheme(address) == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<script>", "<script>"),
        ("</SCRIPT\n>", "<script>"),
        ("<svg/onload=x>", "<svg>"),
        ("<b onclick=x>", "onclick="),
        ("<b\nonclick = x>", "onclick="),
        ("<b a='x'onclick=y>", "onclick="),
        ("<b/onclick=x>", "onclick="),
        ("<p style=x>", "style="),
        ("<a formaction=x>", "formaction="),
    ],
)
def test_html_that_could_run_is_named(text: str, expected: str) -> None:
    assert expected in [what for what, _ in unsafe_html(text)]


@pytest.mark.parametrize(
    "text", ["<b>", "<scripted>", "a < b", "onclick=x", "<b title=on>", "<b data-on='x'>", "x <- style = y"]
)
def test_html_that_does_no_harm_is_not(text: str) -> None:
    assert list(unsafe_html(text)) == []


# Each would take minutes or days if a pattern could try one character in two ways.
_HOSTILE = (
    "[",
    "[[",
    "![[",
    "[[ ",
    "[[a|",
    "<",
    "< /",
    "<a ",
    "<a:",
    "<a href=",
    "<a on",
    "`",
    "` `` ",
    "[](",
    "[a]( ",
    "[a](b",
    "[a](x(",
    "](a](b)c",
    "[![a](",
    "[a]({{<",
    "{{< ref ",
    "(",
    "> ",
    "- ",
    "\n[a]:",
    "\n",
    "\\",
    "&#",
)


@pytest.mark.parametrize("unit", _HOSTILE)
def test_a_megabyte_of_anything_is_scanned_at_once(unit: str) -> None:
    text = unit * (MEGABYTE // len(unit) // 4)
    began = process_time()
    masked = mask_code(text)
    assert masked.count("\n") == text.count("\n")
    for found in (ids_in(masked), links_in(masked), unsafe_html(masked)):
        assert sum(1 for _ in found) <= len(text)
    assert process_time() - began < 5


@pytest.mark.parametrize(
    ("before", "unit", "after"),
    [
        ("[[", " ", "x"),
        ("[[a", " ", "x"),
        ("[[a|", " ", "x"),
        ("<", " ", "x"),
        ("<a ona", " ", "x"),
        ("<a href=", " ", ">"),
        ("- ", " ", "x"),
        ("> ", " ", "x"),
        ("[a](b", " ", "c)"),
        ("[a](", "(", ""),
        ("[a](", "[b](", ")))))"),
        ("[a]:", "\n", "x"),
        ("{{< ref ", " ", "x"),
    ],
)
def test_a_run_of_blanks_is_scanned_at_once(before: str, unit: str, after: str) -> None:
    text = before + unit * (MEGABYTE // len(unit) // 4) + after
    began = process_time()
    masked = mask_code(text)
    for found in (ids_in(masked), links_in(masked), unsafe_html(masked)):
        assert sum(1 for _ in found) <= 10
    assert process_time() - began < 5


def test_runs_of_backticks_of_every_length_are_scanned_at_once() -> None:
    text = " ".join("`" * length for length in range(1, 700))
    began = process_time()
    assert mask_code(text) == text
    assert process_time() - began < 5


def test_links_within_links_are_read_so_deep_and_no_deeper() -> None:
    text = "[a](" * 2000 + "b" + ")" * 2000
    found = list(links_in(text))
    assert 0 < len(found) < 20
