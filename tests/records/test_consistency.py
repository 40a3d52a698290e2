import pytest

from kb.records.consistency import contradictions, missing
from kb.records.model import Learning, Playbook, Postmortem, Record


def codes(record: Record) -> list[tuple[str, tuple[str | int, ...]]]:
    return [(code, path) for code, path, *_ in contradictions(record)]


def incident(**fields: object) -> Postmortem:
    return Postmortem.model_validate({"id": "a", **fields})


@pytest.mark.parametrize("identity", ["a", "1", "2024-01-01-outage", "Ærø & co.", "日本", "a" * 200, "v1.2_3"])
def test_an_id_begins_with_a_letter_or_digit(identity: str) -> None:
    assert codes(Learning(id=identity)) == []


@pytest.mark.parametrize(
    "identity", ["", "-a", "_a", ".a", "..", "a/b", "a\\b", "a#b", "a|b", "a[b", "a>b", 'a"b', "a`b", "a\nb", "a" * 201]
)
def test_what_links_are_written_with_is_no_part_of_an_id(identity: str) -> None:
    assert codes(Learning(id=identity)) == [("bad-id", ("id",))]


@pytest.mark.parametrize("later", ["detected", "acknowledged", "mitigated", "resolved"])
def test_nothing_comes_before_the_start(later: str) -> None:
    assert codes(incident(started="2024-01-01T10:00Z", **{later: "2024-01-01T09:00Z"})) == [("time-order", (later,))]
    assert codes(incident(started="2024-01-01T10:00Z", **{later: "2024-01-01T10:00Z"})) == []


def test_resolution_does_not_come_before_mitigation() -> None:
    assert codes(incident(mitigated="2024-01-02", resolved="2024-01-01")) == [("time-order", ("resolved",))]


def test_what_comes_between_may_come_in_any_order() -> None:
    times = {"started": "2024-01-01", "detected": "2024-01-05", "acknowledged": "2024-01-04", "mitigated": "2024-01-03"}
    assert codes(incident(**times)) == []


@pytest.mark.parametrize(
    ("day", "found"),
    [("2023-12-31", [("time-order", ("published",))]), ("2024-01-01", []), ("2024-01-02", []), ("2024-02-01", [])],
)
def test_a_report_is_not_published_before_the_start_but_perhaps_before_the_end(day: str, found: object) -> None:
    started, resolved = "2024-01-02T00:30+01:00", "2024-01-05T00:30+01:00"
    assert codes(incident(started=started, resolved=resolved, published=day)) == found


def test_an_action_is_not_done_before_it_was_promised() -> None:
    actions = [
        {"title": "x"},
        {"title": "y", "opened": "2024-01-02", "closed": "2024-01-01", "verified_on": "2024-01-02"},
    ]
    assert codes(incident(actions=actions)) == [("time-order", ("actions", 1, "closed"))]


def test_actions_of_a_game_day_are_judged_alike() -> None:
    record = Learning.model_validate({"id": "a", "actions": [{"id": "x"}, {"id": "x"}, {"id": ""}, {"id": ""}]})
    assert codes(record) == [("duplicate-action", ("actions", 1, "id"))]


def test_what_readers_look_for_is_named_in_one_finding() -> None:
    found = list(missing(Playbook(id="a", owner="me")))
    assert [(code, message) for code, _, message, _ in found] == [("missing-field", "unknown: services, last reviewed")]


@pytest.mark.parametrize(("status", "number"), [("draft", 0), ("in_review", 0), ("published", 1), (None, 1)])
def test_a_draft_may_have_gaps(status: str | None, number: int) -> None:
    assert len(list(missing(incident(status=status)))) == number


@pytest.mark.parametrize(("kind", "number"), [("review", 0), ("lesson", 1)])
def test_a_review_concerns_all_services_and_a_lesson_some(kind: str, number: int) -> None:
    assert len(list(missing(Learning(id="a", kind=kind)))) == number
