"""The JSON Schema accepts all that the reader accepts, and suggests an organization's own words."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import kb
from kb.cli import main
from kb.config import KINDS, Config, load_config
from kb.records.model import RECORDS, fields_of
from kb.records.read import Found, find_files, read_file
from kb.records.schema import json_schema
from kb.records.shape import specs

CHECKOUT = Path(kb.__file__).parent.parent


class EditorLoader(yaml.SafeLoader):
    """Reads YAML as an editor does: numbers and truth are themselves, times are text."""


EditorLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith("timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@cache
def validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator(json_schema(kind, Config()))


def records_of(root: Path) -> list[tuple[Found, Config]]:
    config = load_config(root)
    return [(found, config) for found in find_files(root, config)]


def as_an_editor_sees_it(path: Path) -> Any:
    text = path.read_text(encoding="utf-8")
    return yaml.load(text.split("---\n")[1], EditorLoader) if text.startswith("---\n") else None


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_a_schema_that_stands_alone(kind: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["-C", str(CHECKOUT), "schema", kind]) == 0
    schema = json.loads(capsys.readouterr().out)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert "$id" not in schema
    assert schema["additionalProperties"] is True
    described = [schema, *(part for part in schema["$defs"].values() if "properties" in part)]
    assert all(field["title"] and field["description"] for part in described for field in part["properties"].values())


@pytest.mark.parametrize("root", [CHECKOUT, CHECKOUT / "kb" / "starter"], ids=["ours", "starter"])
def test_the_records_we_ship_are_valid(root: Path) -> None:
    records = records_of(root)
    assert records
    for found, config in records:
        schema = json_schema(found.kind, config)
        Draft202012Validator(schema).validate(as_an_editor_sees_it(root / found.path))


@pytest.mark.corpora
def test_an_organizations_own_frontmatter_is_valid(tmp_path: Path) -> None:
    corpora = CHECKOUT.parent / "shared" / "corpora"
    if not corpora.is_dir():
        pytest.skip("the corpora are not here")
    for name in ("public-incidents", "prometheus-runbooks"):
        (tmp_path / name).symlink_to(corpora / name)
    (tmp_path / "kb.toml").write_text(
        '[folders]\npostmortem = ["public-incidents"]\nplaybook = ["prometheus-runbooks"]\n'
        '[fields.postmortem]\nid = "uuid"\ntitle = ["title", "company"]\nstarted = "start_time"\nresolved = "end_time"\n'
        'causes = "categories"\norganization = "company"\nservices = "product"\ntags = "keywords"\n'
        'sources = ["url", "archive_url"]\n[words.causes]\nconfig-change = "misconfiguration"\n[time]\nzone = "UTC"\n'
    )
    config = load_config(tmp_path)
    validators = {kind: Draft202012Validator(json_schema(kind, config)) for kind in KINDS}
    for found in find_files(tmp_path, config):
        if read_file(tmp_path, found, config)[0] is not None:
            validators[found.kind].validate(as_an_editor_sees_it(tmp_path / found.path))


@pytest.mark.parametrize(
    ("kind", "fields", "fits"),
    [
        ("postmortem", {"detection": "alert"}, True),
        ("postmortem", {"causes": "hardware", "services": ["a", None], "sources": "https://example.org"}, True),
        ("postmortem", {"severity": 1, "near_miss": "Yes", "impact": {"users": 12000}}, True),
        ("postmortem", {"timeline": [{"at": "2017-02-28 09:37", "event": "x", "colour": "red"}, "and then"]}, True),
        ("postmortem", {"fishbone": {"people": "tired", "tools": ["a", "b"], "rest": None}}, True),
        ("postmortem", {"actions": {"title": "one", "due": "2025-03-14"}, "field_of_ours": [1, {"a": 2}]}, True),
        ("postmortem", {"started": None, "resolved": "", "roles": {}, "lessons": [], "actions": [{}]}, True),
        ("playbook", {"review_every": "6 Months", "last_reviewed": "2025-03-14T10:00Z"}, True),
        ("learning", {"risks": [{"risk": "x", "came_true": "2025-01-10-booking-down"}]}, True),
        ("postmortem", {"title": ["a", "b"]}, False),
        ("postmortem", {"started": "yesterday"}, False),
        ("postmortem", {"started": 2017}, False),
        ("postmortem", {"detection": ["alert"]}, False),
        ("postmortem", {"roles": "me"}, False),
        ("postmortem", {"fishbone": ["people"]}, False),
        ("postmortem", {"near_miss": "perhaps"}, False),
        ("postmortem", {"actions": [{"due": "soon"}]}, False),
        ("playbook", {"review_every": "often"}, False),
        ("playbook", {"review_every": 6}, False),
    ],
)
def test_it_accepts_and_refuses_what_the_reader_does(
    kind: str, fields: dict[str, Any], fits: bool, tmp_path: Path
) -> None:
    assert is_read(kind, fields, tmp_path) is fits
    assert validator(kind).is_valid(fields) is fits


def is_read(kind: str, fields: dict[str, Any], root: Path) -> bool:
    (root / "a.md").write_text(f"---\n{json.dumps(fields)}\n---\n", encoding="utf-8")
    record, _ = read_file(root, Found(kind, "a.md", "."), Config())
    return record is not None


WORDS = ("", " ", "x", "sev1", "yes", "OFF", "https://example.org", "a: b", "[[x]]")
TIMES = (
    "2025-03-14",
    "2025-03-14T10:00Z",
    " 2025-03-14 10:00 +02 ",
    "2025-13-40",
    "90 days",
    "P6M",
    "1y",
    "10 d",
    "-1 d",
)
SCALARS = st.sampled_from([None, 0, 1, 2.5, True, False, *WORDS, *TIMES])


def values(names: list[str]) -> st.SearchStrategy[Any]:
    mapping = st.dictionaries(st.sampled_from(names), SCALARS | st.lists(SCALARS, max_size=2), max_size=3)
    return SCALARS | st.lists(SCALARS | mapping | st.just([]), max_size=3) | mapping


def frontmatter(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    inner = {name: spec.part for name, spec in specs(RECORDS[kind]).items()}
    names = {name: [n for n, _ in fields_of(part)] if part else ["x"] for name, part in inner.items()}
    one = st.sampled_from(sorted(names)).flatmap(lambda name: st.tuples(st.just(name), values(names[name])))
    return st.lists(one, max_size=4).map(dict)


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_the_reader_accepts_is_valid(kind: str, tmp_path: Path) -> None:
    @settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(frontmatter(kind))
    def holds(fields: dict[str, Any]) -> None:
        if is_read(kind, fields, tmp_path):
            validator(kind).validate(fields)

    holds()


def test_the_words_of_the_knowledge_base_are_suggested() -> None:
    config = Config(
        lists={"severity": ("minor", "..."), "teams": ("radar",)}, words={"severity": {"Critical": "sev1"}, "teams": {}}
    )
    properties = json_schema("postmortem", config)["properties"]
    words = ["Critical", "minor", "sev1", "sev2", "sev3", "sev4", "sev5"]
    assert properties["severity"]["anyOf"] == [{"enum": words}, {"$ref": "#/$defs/text"}]
    assert properties["teams"]["anyOf"][0]["items"]["anyOf"][0] == {"enum": ["radar"]}
    assert properties["services"]["anyOf"][0]["items"] == {"$ref": "#/$defs/text"}


def test_an_organizations_own_names_are_known() -> None:
    config = Config.model_validate(
        {"fields": {"postmortem": {"started": "start_time", "causes": "categories", "title": ["title", "company"]}}}
    )
    properties = json_schema("postmortem", config)["properties"]
    assert properties["start_time"]["$ref"] == "#/$defs/time"
    assert properties["categories"] == properties["causes"]
    # Read only where the other is missing, so what it holds is not ours to judge.
    assert properties["company"] == {"title": "Title", "description": properties["title"]["description"]}
    assert "$ref" not in properties["started"]


def test_outside_a_knowledge_base_the_default_words_are_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["schema", "postmortem"]) == 0
    assert "sev1" in capsys.readouterr().out
    assert main(["-C", str(tmp_path), "schema", "postmortem"]) == 2
