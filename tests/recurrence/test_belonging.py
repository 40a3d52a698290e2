"""Belonging beyond those that groups are found among: the rest joins, and what people say holds for it as well."""

from collections.abc import Sequence

import pytest
from hypothesis import strategies as st

from kb.recurrence import near
from kb.recurrence import space as spaces
from kb.recurrence.belonging import Said, belonging
from kb.recurrence.space import Space

from .made import FAMILIES, few, incident, spaced

# More of each family, told in the words of two of its reports.
NAMES = [f"{family}-{number}" for family in FAMILIES for number in range(10)]
TEXTS = {
    f"{family}-{number}": f"{texts[number % 4]} {texts[(number + 1 + number // 4) % 4]}"
    for family, texts in FAMILIES.items()
    for number in range(10)
}
SPACE = spaced([incident(name, TEXTS[name]) for name in NAMES])


def found(space: Space = SPACE, names: Sequence[str] = NAMES, together: Said = (), apart: Said = ()) -> list[set[str]]:
    """Return the groups, as names."""
    pairs = near.candidates(space, spaces.np.arange(len(names)))
    groups = belonging(space, names, pairs, together, apart)
    assert groups == sorted(groups)
    assert all(list(group) == sorted(set(group)) for group in groups)
    members = [n for group in groups for n in group]
    assert len(members) == len(set(members))
    return [{names[n] for n in group} for group in groups]


def numbers(*pairs: str) -> list[tuple[int, int]]:
    """Return pairs of names, such as `disk-0 power-1`, by their numbers."""
    return [(NAMES.index(pair.split()[0]), NAMES.index(pair.split()[1])) for pair in pairs]


def family(name: str, *without: str) -> set[str]:
    return {one for one in NAMES if one.startswith(name)} - {*without}


def draws(monkeypatch: pytest.MonkeyPatch, count: int) -> set[str]:
    """Let groups be found among so many; returns which."""
    monkeypatch.setattr(spaces, "LEARNED_FROM", count)
    chosen = {NAMES[n] for n in SPACE.drawn(SPACE.order).tolist()}
    assert len(chosen) == count
    return chosen


def rest_of(name: str, chosen: set[str]) -> list[str]:
    return sorted(family(name) - chosen)


def test_each_family_is_a_group() -> None:
    assert found() == [family(name) for name in FAMILIES]


@pytest.mark.parametrize("count", [39, 30, 20])
def test_who_is_not_among_the_chosen_joins(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    draws(monkeypatch, count)
    assert sorted(map(sorted, found())) == sorted(sorted(family(name)) for name in FAMILIES)


def test_what_is_like_none_of_the_chosen_is_found_in_a_later_round(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = draws(monkeypatch, 20)
    names = [name for name in NAMES if not (name.startswith("disk") and name in chosen)]
    space = spaced([incident(name, TEXTS[name]) for name in names])
    monkeypatch.setattr(spaces, "LEARNED_FROM", len(chosen & set(names)))
    assert {name for name in names if name.startswith("disk")} in found(space, names)


def test_who_is_like_none_stays_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    names = sorted([*NAMES, "odd-0", "odd-1"])
    texts = {**TEXTS, "odd-0": "gadget widget stumbled", "odd-1": ""}
    space = spaced([incident(name, texts[name]) for name in names])
    for count in (2000, 20):
        monkeypatch.setattr(spaces, "LEARNED_FROM", count)
        assert not any({"odd-0", "odd-1"} & group for group in found(space, names))


def group_of(groups: Sequence[set[str]], name: str) -> set[str]:
    return next((group for group in groups if name in group), set())


def test_one_of_the_rest_does_not_join_where_one_is_that_it_is_apart_from(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = draws(monkeypatch, 20)
    late, member = rest_of("disk", chosen)[0], sorted(family("disk") & chosen)[0]
    for apart in (numbers(f"{late} {member}"), numbers(f"{member} {late}")):
        groups = found(apart=apart)
        assert late not in group_of(groups, member)
        assert max(len(group_of(groups, one)) for one in (late, member)) == 9


def test_two_of_the_rest_that_are_apart_do_not_join_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = draws(monkeypatch, 20)
    one, other = rest_of("disk", chosen)[:2]
    for apart in (numbers(f"{one} {other}"), numbers(f"{other} {one}")):
        groups = found(apart=apart)
        assert other not in group_of(groups, one)


@pytest.mark.parametrize("turned", [False, True])
def test_one_of_the_rest_is_with_the_one_it_is_said_to_repeat(turned: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = draws(monkeypatch, 20)
    late, member = rest_of("disk", chosen)[0], sorted(family("power") & chosen)[0]
    groups = found(together=numbers(f"{member} {late}" if turned else f"{late} {member}"))
    assert late in group_of(groups, member)


def test_one_that_is_like_none_is_brought_to_the_one_it_is_said_to_repeat(monkeypatch: pytest.MonkeyPatch) -> None:
    names = sorted([*NAMES, "odd-0", "odd-1", "odd-2"])
    space = spaced([incident(name, TEXTS.get(name, "gadget stumbled")) for name in names])
    at = names.index
    for count in (2000, 20):
        monkeypatch.setattr(spaces, "LEARNED_FROM", count)
        chain = [(at("odd-0"), at("odd-1")), (at("odd-1"), at("disk-3"))]
        for together in (chain, chain[::-1], [both[::-1] for both in chain]):
            assert {"odd-0", "odd-1"} <= group_of(found(space, names, together=together), "disk-3"), count
        barred = found(space, names, together=chain, apart=[(at("odd-1"), at("disk-3"))])
        assert "odd-1" not in group_of(barred, "disk-3")


@few(25, count=st.sampled_from([10, 20, 40]), data=st.data())
def test_whatever_people_say_apart_is_apart(count: int, data: st.DataObject) -> None:
    pair = st.tuples(*[st.sampled_from(range(40))] * 2).filter(lambda both: both[0] != both[1])
    together, apart = data.draw(st.lists(pair, max_size=4)), data.draw(st.lists(pair, min_size=1, max_size=6))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spaces, "LEARNED_FROM", count)
        groups = found(together=together, apart=apart)
    assert not [both for both in apart if NAMES[both[1]] in group_of(groups, NAMES[both[0]])]


@few(25, count=st.sampled_from([10, 20, 40]), data=st.data())
def test_whatever_people_say_is_one_is_in_one_group_or_in_none(count: int, data: st.DataObject) -> None:
    pair = st.tuples(*[st.sampled_from(range(40))] * 2).filter(lambda both: both[0] != both[1])
    together = data.draw(st.lists(pair, min_size=1, max_size=4))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spaces, "LEARNED_FROM", count)
        groups = found(together=together)
    assert all(group_of(groups, NAMES[one]) == group_of(groups, NAMES[other]) for one, other in together)


@pytest.mark.parametrize("size", [0, 1, 2])
def test_fewer_than_make_a_group_are_none(size: int) -> None:
    assert found(spaced([incident(name, "breaker") for name in "ab"[:size]]), "ab"[:size]) == []
