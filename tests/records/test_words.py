from typing import Any

import pytest

import kb
from kb.records.model import RECORDS, Part
from kb.records.shape import specs
from kb.records.words import parts_of


def text_of(record: kb.Record) -> str:
    return "\n".join(filter(None, parts_of(record).values()))


def written(part: type[Part], name: str, prose: list[str]) -> dict[str, Any]:
    """A value for every field of a part that holds text; `prose` gathers the names of those with sentences."""
    values: dict[str, Any] = {}
    for field, spec in specs(part).items():
        path = f"{name}.{field}"
        if spec.part is not None:
            one = written(spec.part, path, prose)
            values[field] = [one, one] if spec.many else one
        elif spec.prose:
            prose.append(path)
            values[field] = {"k": [path], "l": [path]} if spec.mapping else [path, path] if spec.many else path
    return values


@pytest.mark.parametrize("kind", RECORDS)
def test_every_sentence_of_every_field_is_there_as_often_as_it_is_written(kind: str) -> None:
    prose: list[str] = []
    values = written(RECORDS[kind], kind, prose)
    record = RECORDS[kind].model_validate({**values, "body": "the body's own"})
    lines = text_of(record).splitlines()
    assert len(prose) == len(set(prose)) > 0
    assert set(prose) | {"the body's own"} == set(lines)
    inside = dict.fromkeys(prose, 1)
    for path in prose:
        *parents, field = path.split(".")
        part: type[Part] = RECORDS[kind]
        for parent in parents[1:]:
            spec = specs(part)[parent]
            inside[path] *= 2 if spec.many else 1
            part = spec.part or part
        inside[path] *= 2 if specs(part)[field].many or specs(part)[field].mapping else 1
    assert {path: lines.count(path) for path in prose} == inside
    assert lines.count("the body's own") == 1


def test_names_are_there_once_and_said_in_words() -> None:
    record = kb.Postmortem(
        title="The title",
        services=("queue_a",),
        teams=("platform",),
        organization="Org",
        tags=("dns",),
        aliases=("inc-17",),
        causes=("code_change",),
        trigger="config_push",
    )
    assert text_of(record) == "queue a platform Org dns inc-17 code change config push"


def test_a_playbook_is_found_by_its_alerts_symptoms_and_owner() -> None:
    record = kb.Playbook(title="x", alerts=("QueueDiskFull",), symptoms=("`ENOSPC` in the log",), owner="platform")
    assert text_of(record) == "QueueDiskFull platform\n`ENOSPC` in the log"


def test_the_title_and_fields_of_others_are_left_out() -> None:
    record = kb.Learning(title="The title", extra={"cost": "4711"}, path="learnings/x.md")
    assert text_of(record) == ""


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("# Heading\n\nText **bold** and __more__", ["Heading", "Text", "bold", "and", "more"]),
        ("```py\nx = 1\n```\n~~~ sh\ndf -h\n~~~", ["x", "=", "1", "df", "-h"]),
        (
            "See [the log](https://x.example/a) and [[queue-full|that]].",
            ["See", "the", "log", "and", "queue-full", "that", "."],
        ),
        ("a * b snake_case C# ! [x]", ["a", "*", "b", "snake_case", "C#", "!", "x"]),
        ("", []),
    ],
)
def test_the_body_is_there_without_fences_and_addresses(body: str, words: list[str]) -> None:
    assert text_of(kb.Postmortem(title="x", body=body)).split() == words


def test_what_only_looks_like_markdown_is_kept() -> None:
    assert text_of(kb.Postmortem(title="x", body="f(x) a]( b ` c ~~ d")).split() == [
        "f(x)",
        "a",
        "(",
        "b",
        "`",
        "c",
        "~~",
        "d",
    ]
