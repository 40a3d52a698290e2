"""Clusters: what each shares, what it is called and where it lies, for as long as its earliest incident is known."""

import shutil
from pathlib import Path

import pytest

import kb
from kb.records.model import Learning
from kb.recurrence.clusters import DESCRIBED, describing

from .made import FAMILIES, Library, families, opened, record


def of(recurrence: kb.Recurrence, name: str) -> kb.Cluster:
    return recurrence.cluster_of[name]


def learning(name: str, incidents: str, kind: str = "pattern") -> dict[str, str]:
    return {f"learnings/{name}.md": record(f"About {name}", kind=kind, incidents=f"[{incidents}]")}


def test_each_family_is_a_cluster_of_its_incidents(library: Library) -> None:
    found = opened(library(families()))
    assert [one.members for one in found.clusters] == [
        tuple(f"{name}-{n}" for n in range(4)) for name in sorted(FAMILIES)
    ]
    assert found.unclustered == ()
    assert {name: one.id for name, one in found.cluster_of.items()} == {
        name: f"{name.split('-')[0]}-0" for name in found.incidents
    }


def test_the_largest_comes_first_of_equals_by_id(library: Library) -> None:
    files = families()
    del files["postmortems/certificate-3.md"]
    assert [one.id for one in opened(library(files)).clusters] == ["disk-0", "power-0", "routing-0", "certificate-0"]


def test_a_cluster_is_known_by_its_earliest_incident_and_has_its_members_oldest_first(library: Library) -> None:
    files = families()
    files["postmortems/disk-2.md"] = record("Old", FAMILIES["disk"][2], started="1999-01-01")
    files["postmortems/disk-0.md"] = record("Undated", FAMILIES["disk"][0])
    found = of(opened(library(files)), "disk-1")
    assert found.id == "disk-2"
    assert found.members == ("disk-2", "disk-1", "disk-3", "disk-0")


def test_terms_are_what_at_least_half_share_and_what_sets_them_apart(library: Library) -> None:
    found = {one.id: one for one in opened(library(families())).clusters}
    assert found["power-0"].terms[0] == "power supply"
    assert {"generator", "batteries"} <= set(found["power-0"].terms)
    assert not {"vendor0", "report", "sagged"} & set(found["power-0"].terms)
    for one in found.values():
        assert len(set(one.terms)) == len(one.terms) <= 8
        assert not set("<>=") & set("".join(one.terms))


def test_a_cause_is_no_term_but_a_word_with_a_colon_may_be(library: Library) -> None:
    files = {
        f"postmortems/a{n}.md": record(f"Thing {n}", "the sys:gadget stumbled here", causes="[hardware]")
        for n in range(4)
    }
    found = of(opened(library({**files, **families()})), "a0")
    assert "sys:gadget" in found.terms
    assert not [term for term in found.terms if "hardware" in term]


def test_cohesion_is_how_alike_the_members_are_and_the_exemplar_is_most_like_the_others(library: Library) -> None:
    files = {f"postmortems/{name}.md": record(name, FAMILIES["disk"][1]) for name in ("same-1", "same-2", "same-3")}
    files["postmortems/other.md"] = record("other", FAMILIES["disk"][2])
    found = {one.id: one for one in opened(library({**files, **families("power", "routing")})).clusters}
    disk = next(one for one in found.values() if "same-1" in one.members)
    assert disk.exemplar != "other"
    assert found["routing-0"].cohesion < disk.cohesion <= 1
    assert all(0 < one.cohesion <= 1 for one in found.values())
    assert all(one.exemplar in one.members for one in found.values())


def test_a_label_tells_the_mechanism_and_words(library: Library) -> None:
    assert of(opened(library(families())), "power-0").label == "Power supply: generator, batteries"
    assert not of(opened(library(families())), "power-0").is_named


def test_a_learning_that_describes_a_cluster_gives_its_title(library: Library) -> None:
    found = of(opened(library({**families(), **learning("dark", "power-0, power-1")})), "power-3")
    assert (found.label, found.learning, found.is_named) == ("About dark", "dark", False)


def test_a_name_of_kb_toml_goes_before_the_learning_and_is_the_address(library: Library) -> None:
    files = {**families(), **learning("dark", "power-0, power-1")}
    found = opened(library(files, '[clusters.names]\n"power-2" = "Dark halls"\n'))
    assert (of(found, "power-0").id, of(found, "power-0").label) == ("power-2", "Dark halls")
    assert (of(found, "power-0").learning, of(found, "power-0").is_named) == ("dark", True)
    assert of(found, "power-0").members == ("power-0", "power-1", "power-2", "power-3")
    assert [of(found, f"{name}-1").id for name in ("disk", "routing")] == ["disk-0", "routing-0"]


def test_of_two_names_of_one_cluster_the_first_counts(library: Library) -> None:
    names = '[clusters.names]\n"power-2" = "One"\n"power-0" = "Other"\n'
    assert of(opened(library(families(), names)), "power-0").label == "One"


@pytest.mark.parametrize("name", ["nowhere", "alone", "POWER-0", ""])
def test_a_name_for_an_incident_in_no_cluster_changes_nothing(name: str, library: Library) -> None:
    files = {**families(), "postmortems/alone.md": record("Alone", "gadget stumbled")}
    found = opened(library(files, f'[clusters.names]\n"{name}" = "Named"\n'))
    assert not any(one.is_named for one in found.clusters)
    assert of(found, "power-0").id == "power-0"


def test_a_name_follows_its_incident_under_an_alias(library: Library) -> None:
    files = families()
    files["postmortems/power-0.md"] = files["postmortems/power-0.md"].replace("---\n", "---\naliases: [blackout]\n", 1)
    assert of(opened(library(files, '[clusters.names]\nblackout = "Dark halls"\n')), "power-1").label == "Dark halls"


def test_a_learning_may_name_its_incidents_by_their_aliases(library: Library) -> None:
    files = {**families(), **learning("dark", "old-0, old-1, old-2")}
    for n in range(3):
        path = f"postmortems/power-{n}.md"
        files[path] = files[path].replace("---\n", f"---\naliases: [old-{n}]\n", 1)
    assert of(opened(library(files)), "power-3").learning == "dark"


@pytest.mark.parametrize(
    ("learnings", "expected"),
    [
        ([("one", "pattern", "ab")], "one"),
        ([("one", "lesson", "ab")], "one"),
        ([("one", "pattern", "a")], None),
        ([("one", "pattern", "axyz")], None),
        ([("one", "pattern", "")], None),
        ([("one", "game_day", "abcd")], None),
        ([("one", "pre_mortem", "abcd")], None),
        ([("one", "pattern", "ab"), ("two", "pattern", "abc")], "two"),
        ([("one", "pattern", "abx"), ("two", "lesson", "bc")], "two"),
        ([("two", "pattern", "ab"), ("one", "pattern", "cd")], "one"),
        ([("one", "pattern", "aaaa")], None),
        ([], None),
    ],
)
def test_the_learning_that_names_most_of_them_and_fewest_others_describes(
    learnings: list[tuple[str, str, str]], expected: str | None
) -> None:
    made = [Learning(id=name, title=name, kind=kind, incidents=tuple(some)) for name, kind, some in learnings]
    found = describing("abcd", [(one, frozenset(one.incidents)) for one in made])
    assert (found.id if found else None) == expected
    assert DESCRIBED == 0.5


def test_ids_and_members_stay_when_later_incidents_are_added(library: Library) -> None:
    root = library(families())
    before = opened(root)
    for n, (name, texts) in enumerate(FAMILIES.items()):
        (root / f"postmortems/later-{name}.md").write_text(record(f"Later {n}", texts[1], started=f"2020-01-0{n + 1}"))
    for n in range(4):
        text = f"gadget{n}x widget{n}x"
        (root / f"postmortems/other-{n}.md").write_text(record(f"Other{n}x", text, started="2021-01-01"))
    after = opened(root)
    assert [one.id for one in after.clusters] == [one.id for one in before.clusters]
    for one in before.clusters:
        assert {*one.members, f"later-{one.id.split('-')[0]}"} == {*after.cluster_of[one.id].members}


def test_an_earlier_incident_renames_a_cluster_unless_a_name_holds_it(library: Library) -> None:
    files = {**families(), "postmortems/first.md": record("First", FAMILIES["disk"][1], started="1990-01-01")}
    root = library(files)
    assert of(opened(root), "disk-0").id == "first"
    (root / "kb.toml").write_text('[clusters.names]\n"disk-0" = "Full"\n')
    assert of(opened(root), "first").id == "disk-0"


def test_clusters_are_the_same_wherever_the_knowledge_base_lies(library: Library, tmp_path: Path) -> None:
    root = library(families())
    shutil.copytree(root, tmp_path / "elsewhere")
    assert opened(root).clusters == opened(tmp_path / "elsewhere").clusters


def test_what_shares_no_word_is_said_so(library: Library) -> None:
    files = {
        f"postmortems/a{n}.md": record(f"T{n}x", f"gadget{n}x", **({"recurrence_of": "[a0]"} if n else {}))
        for n in range(3)
    }
    (found,) = opened(library(files)).clusters
    assert (found.members, found.label, found.terms) == (("a0", "a1", "a2"), "Alike without a word in common", ())
