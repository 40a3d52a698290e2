"""What the formats of `kb check` make of findings that are meant to break them."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import kb
from kb.cli import main
from kb.cli.report import FORMATS, Report, as_github, as_sarif, as_text
from kb.finding import CODES, Finding, Level

NASTY = Finding(
    "dangling-reference", Level.WARNING, "a,b:c%\n\x1b[31m/\udcff é.md", None, "100%\r\n::error::x\x1b[0m", "50%"
)


def report(*findings: Finding, root: Path = Path("/nowhere")) -> Report:
    return Report(root, 1, findings)


def test_text_cannot_steer_the_terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    text = as_text(report(NASTY, root=tmp_path))
    assert text.splitlines() == [
        "a,b:c%\\n\\x1b[31m/\\udcff é.md: \x1b[33mwarning[dangling-reference]\x1b[0m 100%\\r\\n::error::x\\x1b[0m",
        "    50%",
        "",
        "1 record: 0 errors, 1 warning, 0 hints",
    ]


def test_github_properties_and_messages_are_escaped() -> None:
    line = as_github(report(NASTY)).splitlines()[0]
    assert line.startswith("::warning file=a%2Cb%3Ac%25%0A\x1b[31m/\udcff é.md,line=1,title=dangling-reference::")
    assert line.endswith("::100%25\\r\\n::error::x\\x1b[0m%0A50%25")


def test_github_and_sarif_name_files_from_the_top_of_the_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    base = tmp_path / "docs" / "memory"
    base.mkdir(parents=True)
    finding = Finding("bad-time", Level.ERROR, "postmortems/a.md", 3, "no")
    assert "file=docs/memory/postmortems/a.md,line=3" in as_github(report(finding, root=base))
    assert "docs/memory/postmortems/a.md" in as_sarif(report(finding, root=base))


def closed(**properties: object) -> dict[str, object]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


TEXT = closed(text={"type": "string", "minLength": 1})
URI = {"type": "string", "pattern": r"^[A-Za-z0-9._~%/-]+$"}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
PLACE = closed(
    artifactLocation=closed(uri=URI, uriBaseId={"const": "%SRCROOT%"}), region=closed(startLine={"minimum": 1})
)
RESULT = closed(
    ruleId={"enum": list(CODES)},
    ruleIndex={"type": "integer", "minimum": 0, "maximum": len(CODES) - 1},
    level=LEVEL,
    message=TEXT,
    locations={"type": "array", "minItems": 1, "items": closed(physicalLocation=PLACE)},
)
RULE = closed(
    id={"type": "string"},
    shortDescription=TEXT,
    fullDescription=TEXT,
    help=TEXT,
    defaultConfiguration=closed(level=LEVEL),
)
DRIVER = closed(
    name={"const": "kb"}, fullName={"type": "string"}, semanticVersion={"const": kb.__version__}, rules={"items": RULE}
)
RUN = closed(tool=closed(driver=DRIVER), columnKind={"const": "unicodeCodePoints"}, results={"items": RESULT})
# The part of SARIF 2.1.0 that kb writes, as strict as the standard's own schema there.
SARIF = closed(**{"$schema": {"type": "string"}, "version": {"const": "2.1.0"}, "runs": {"items": RUN}})


def test_sarif_is_valid(harbour: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-C", str(harbour), "check", "--format", "sarif"]) == 1
    log = json.loads(capsys.readouterr().out)
    Draft202012Validator(SARIF).validate(log)
    results = log["runs"][0]["results"]
    assert [r["level"] for r in results].count("note") == 2
    rules = log["runs"][0]["tool"]["driver"]["rules"]
    assert all(rules[r["ruleIndex"]]["id"] == r["ruleId"] for r in results)


def test_sarif_encodes_addresses_and_begins_at_line_1() -> None:
    log = json.loads(as_sarif(report(NASTY)))
    Draft202012Validator(SARIF).validate(log)
    place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a%2Cb%3Ac%25%0A%1B%5B31m/%FF%20%C3%A9.md"
    assert place["region"] == {"startLine": 1}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(("arguments", "code"), [([], 1), (["playbooks", "--strict"], 0)])
def test_all_formats_exit_the_same_way(
    form: str, arguments: list[str], code: int, harbour: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(harbour)
    assert main(["check", "--format", form, *arguments]) == code


def test_json_has_no_hidden_findings_and_survives_a_name_that_is_no_text() -> None:
    hint = Finding("unknown-field", Level.HINT, "a.md", 2, "odd")
    found = json.loads(FORMATS["json"](report(NASTY, hint)))
    assert [f["path"] for f in found["findings"]] == [NASTY.path, "a.md"]
    assert found["summary"] == {"records": 1, "errors": 0, "warnings": 1, "hints": 1}


def test_a_file_with_a_nasty_name_is_checked(harbour: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    name = b"2025-05-05-\xff\x1b[31m.md"
    (harbour / "postmortems" / name.decode("utf-8", "surrogateescape")).write_text("---\ntitle: [\n---\n")
    assert main(["-C", str(harbour), "check"]) == 1
    assert rb"2025-05-05-\udcff\x1b[31m.md" in capfdbinary.readouterr().out
