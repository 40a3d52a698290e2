from datetime import date, timedelta

import pytest
from pydantic import ValidationError

from kb.records.model import RECORDS, Learning, Part, Playbook, Postmortem, fields_of
from kb.records.shape import specs


@pytest.mark.parametrize("kind", RECORDS)
def test_everything_but_the_title_may_be_unknown(kind: str) -> None:
    record = RECORDS[kind].model_validate({"id": "a", "title": "x"})
    assert record.kind_of_record == kind
    assert all(not getattr(record, name) for name, _ in fields_of(type(record)) if name not in ("id", "title"))


def _parts() -> list[type[Part]]:
    seen: list[type[Part]] = list(RECORDS.values())
    for part in seen:
        seen += [spec.part for spec in specs(part).values() if spec.part and spec.part not in seen]
    return seen


@pytest.mark.parametrize("part", _parts(), ids=lambda part: part.__name__)
def test_every_field_says_what_it_is_for(part: type[Part]) -> None:
    for name, info in fields_of(part):
        assert (info.description or "").endswith("."), name
    assert part.shorthand == "" or part.shorthand in dict(fields_of(part))


def test_an_incident_lasts_from_start_to_resolution() -> None:
    incident = Postmortem.model_validate({"started": "2024-01-01T10:00+01:00", "resolved": "2024-01-01T10:30Z"})
    assert incident.lasted == timedelta(hours=1, minutes=30)


@pytest.mark.parametrize(
    "times", [{}, {"started": "2024-01-01T10:00Z"}, {"started": "2024-01-01", "resolved": "2024-01-02T10:00Z"}]
)
def test_an_incident_whose_start_or_end_is_not_known_exactly_has_no_duration(times: dict[str, str]) -> None:
    assert Postmortem.model_validate(times).lasted is None


def test_milestones_come_in_their_usual_order() -> None:
    incident = Postmortem.model_validate({"resolved": "2024-01-03", "detected": "2024-01-02", "started": "2024-01-01"})
    assert [name for name, _ in incident.milestones] == ["started", "detected", "resolved"]


def test_a_learning_happened_on_its_day() -> None:
    learning = Learning.model_validate({"date": "2024-01-01"})
    assert learning.when is not None
    assert (learning.when.day, learning.when.exact) == (date(2024, 1, 1), False)
    assert Learning().when is None


def test_a_day_of_an_exact_time_is_that_in_utc() -> None:
    assert Playbook.model_validate({"last_reviewed": "2024-01-01T23:00-08:00"}).last_reviewed == date(2024, 1, 2)


@pytest.mark.parametrize("value", [{"at": "2024-01-01T00:00:00"}, {"at": "2024-01-01", "exact": "no"}, ["2024-01-01"]])
@pytest.mark.parametrize(
    ("kind", "name"), [("postmortem", "started"), ("playbook", "last_reviewed"), ("playbook", "review_every")]
)
def test_a_time_is_text_and_never_made_of_parts(kind: str, name: str, value: object) -> None:
    with pytest.raises(ValidationError):
        RECORDS[kind].model_validate({name: value})
