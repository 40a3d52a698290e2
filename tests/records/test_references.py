from kb.config import Config
from kb.records.frontmatter import read
from kb.records.model import Reference
from kb.records.references import references
from kb.records.shape import shape


def found(fields: str, kind: str = "postmortem") -> tuple[Reference, ...]:
    raw = read(f"---\n{fields}\n---\n".encode())
    return references(shape(raw.fields, raw.lines, kind, Config()), kind)


def test_a_field_that_names_records_has_its_relation_its_line_and_the_kinds_it_is_for() -> None:
    assert found("related: [a]\nrecurrence_of:\n- b\n- c") == (
        Reference("a", "related", 2),
        Reference("b", "recurrence_of", 4, ("postmortem",)),
        Reference("c", "recurrence_of", 5, ("postmortem",)),
    )


def test_a_playbook_brings_its_verdict() -> None:
    assert found("playbooks:\n- a\n- {id: b, verdict: Helped}") == (
        Reference("a", "playbooks", 3, ("playbook",)),
        Reference("b", "playbooks", 4, ("playbook",), "helped"),
    )


def test_what_lies_in_a_list_of_mappings_is_found() -> None:
    assert found("risks:\n- risk: x\n  came_true: [a]", "learning") == (
        Reference("a", "came_true", 4, ("postmortem",)),
    )


def test_prose_mentions() -> None:
    assert found("summary: see [[a]] and `[[b]]`\ntimeline:\n- event: as in [[c]]") == (
        Reference("a", "mentions", 2),
        Reference("c", "mentions", 4),
    )


def test_what_is_no_prose_mentions_nothing() -> None:
    assert found("title: '[[a]]'\ntags: ['[[b]]']\nown: '[[c]]'") == ()


def test_values_of_another_shape_are_left_to_the_model() -> None:
    assert found("related: [[a], {b: c}]\nplaybooks: [{verdict: helped}]") == ()
