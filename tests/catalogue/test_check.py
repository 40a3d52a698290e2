from kb.catalogue.check import identities
from kb.config import Config
from kb.finding import Level
from kb.records.model import Postmortem, Record


def record(identity: str, path: str, *aliases: str) -> Record:
    return Postmortem(id=identity, title=path, path=path, aliases=aliases)


def found(*records: Record) -> tuple[list[str], list[tuple[str, str]]]:
    kept, findings = identities(records, Config())
    return [r.path for r in kept.values()], [(f.code, f.path) for f in findings]


def test_records_are_in_order_of_id() -> None:
    assert found(record("b", "1"), record("a", "2")) == (["2", "1"], [])


def test_of_two_records_with_one_id_the_first_is_kept() -> None:
    assert found(record("a", "1"), record("a", "2"), record("a", "3")) == (
        ["1"],
        [("duplicate-id", "2"), ("duplicate-id", "3")],
    )


def test_of_two_ids_with_one_address_the_first_is_kept() -> None:
    assert found(record("A b", "1"), record("a-B", "2")) == (["1"], [("case-id", "2")])


def test_an_alias_belongs_to_one_record() -> None:
    kept, findings = found(record("a", "1", "c", "b"), record("b", "2", "c"))
    assert kept == ["1", "2"]
    assert findings == [("taken-alias", "1"), ("taken-alias", "2")]


def test_ones_own_id_and_the_same_alias_twice_are_no_clash() -> None:
    assert found(record("a", "1", "a", "old", "OLD")) == (["1"], [])


def test_the_alias_of_a_record_that_is_left_out_is_free() -> None:
    assert found(record("a", "1"), record("a", "2", "b"), record("c", "3", "b")) == (
        ["1", "3"],
        [("duplicate-id", "2")],
    )


def test_the_levels_of_the_configuration_hold() -> None:
    config = Config.model_validate({"levels": {"duplicate-id": "hint"}})
    _, findings = identities([record("a", "1"), record("a", "2")], config)
    assert [f.level for f in findings] == [Level.HINT]
