from kb.finding import CODES, Finding, Level


def finding(path: str, line: int | None, code: str = "bad-time") -> Finding:
    return Finding(code, Level.ERROR, path, line, "message")


def test_every_code_says_what_it_means_and_the_way_out() -> None:
    for name, code in CODES.items():
        assert code.name == name
        assert code.level is not Level.OFF
        assert code.meaning.endswith("."), name
        assert code.way_out.endswith("."), name


def test_a_place_opens_in_an_editor() -> None:
    assert finding("a.md", 12).place == "a.md:12"
    assert finding("a.md", None).place == "a.md"


def test_findings_are_in_order_of_place() -> None:
    ordered = [
        finding("a.md", None),
        finding("a.md", 2, "bad-id"),
        finding("a.md", 2),
        finding("a.md", 10),
        finding("b.md", 1),
    ]
    shuffled = [ordered[n] for n in (3, 1, 4, 0, 2)]
    assert sorted(shuffled, key=lambda f: f.order) == ordered
