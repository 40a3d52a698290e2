"""What keeps coming back, as a whole: what people say goes first, and nothing but the records decides the rest."""

import random
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import strategies as st
from knowledge_base import lay_out

import kb
from kb.recurrence import space
from kb.recurrence.near import NEAR, STRONG
from kb.search.place import place_of

from .made import (
    FAMILIES,
    Library,
    everything,
    families,
    few,
    incident,
    near_ids,
    opened,
    record,
    scores,
    shared,
    together,
)

PAIR = {
    "postmortems/a.md": record("A", FAMILIES["certificate"][0], started="2020-01-01"),
    "postmortems/b.md": record("B", f"{FAMILIES['certificate'][0]} Once more.", started="2021-01-01"),
    "postmortems/c.md": record("C", FAMILIES["disk"][0], started="2022-01-01"),
}


def with_field(files: Mapping[str, str], name: str, **fields: str) -> dict[str, str]:
    """Return the files with fields added to one of them."""
    path = f"postmortems/{name}.md"
    added = "".join(f"{key}: {value}\n" for key, value in fields.items())
    return {**files, path: files[path].replace("---\n", f"---\n{added}", 1)}


def test_what_is_near_is_found_from_both_sides_with_the_same_score_and_reasons(library: Library) -> None:
    found = opened(library(families()))
    for one in found.incidents:
        hits = found.similar(one)
        assert one not in {hit.id for hit in hits}
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
        for hit in hits:
            assert NEAR <= hit.score <= 1
            assert hit.title == found.incidents[hit.id].title
            back = {other.id: other for other in found.similar(hit.id)}
            assert (back[one].score, back[one].reasons) == (hit.score, hit.reasons)


def test_another_of_the_same_mechanism_is_nearer_than_another_of_the_same_vendor(library: Library) -> None:
    found = opened(library(families()))
    for one in found.incidents:
        assert {name.split("-")[0] for name in near_ids(found, one)} <= {one.split("-")[0]}
    assert near_ids(found, "certificate-1") == ["certificate-2", "certificate-0", "certificate-3"]


def test_at_most_five_are_shown(library: Library) -> None:
    files = {f"postmortems/a{n}.md": record(f"A{n}", FAMILIES["disk"][0]) for n in range(9)}
    found = opened(library({**files, **families("power")}))
    assert near_ids(found, "a8") == ["a0", "a1", "a2", "a3", "a4"]


def test_where_nothing_is_near_nothing_is_shown(library: Library) -> None:
    files = {**families(), "postmortems/alone.md": record("Alone", "gadget stumbled over widget")}
    found = opened(library(files))
    assert found.similar("alone") == ()
    assert found.offered("alone") == ()
    assert found.unclustered == ("alone",)
    assert not any("alone" in near_ids(found, name) for name in found.incidents)


def test_strong_is_what_mostly_is_the_same(library: Library) -> None:
    for hit in opened(library(PAIR)).similar("a"):
        assert (hit.id, hit.is_strong) == ("b", True)
    weak = [hit for hit in opened(library(families())).similar("routing-0") if hit.score < STRONG]
    assert weak
    assert not any(hit.is_strong for hit in weak)


def test_reasons_are_what_both_share(library: Library) -> None:
    files = with_field(with_field(PAIR, "a", causes="[third_party]", services="[edge]"), "b", causes="[third_party]")
    why = shared(opened(library(with_field(files, "b", services="[edge]"))), "a", "b")
    assert why["cause"] == ("third_party",)
    assert why["mechanism"][0] == "certificates"
    assert set(why["word"]) <= {
        "certificate",
        "expired",
        "midnight",
        "renewal",
        "failed",
        "clients",
        "refused",
        "handshake",
    }
    assert why["name"] == ("edge",)
    assert "trigger" not in why


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("[Kube DNS, api]", "[api, kube-dns]", ("api", "Kube DNS")),
        ("[api]", "[web]", ()),
        ("[]", "[api]", ()),
    ],
)
def test_services_that_both_name_are_a_reason_of_their_own(
    one: str, other: str, shared: tuple[str, ...], library: Library
) -> None:
    text = FAMILIES["power"][0]
    files = {
        f"postmortems/{name}.md": record(name, body=text, services=some) for name, some in (("a", one), ("b", other))
    }
    found = opened(library({**files, **families("disk", "routing")}))
    for first, second in (("a", "b"), ("b", "a")):
        (near,) = [near for near in found.similar(first) if near.id == second]
        assert [reason.what for reason in near.reasons if reason.kind == "service"] == ([shared] if shared else [])


@pytest.mark.parametrize(
    ("field", "from_later", "from_earlier"),
    [("recurrence_of", "repeats", "repeated by"), ("related", "related", "related")],
)
def test_what_people_say_of_two_is_said_on_both(
    field: str, from_later: str, from_earlier: str, library: Library
) -> None:
    found = opened(library(with_field(PAIR, "b", **{field: "[a]"})))
    assert [hit.relation for hit in found.similar("b")] == [from_later]
    assert [hit.relation for hit in found.similar("a")] == [from_earlier]
    assert found.relation("a", "c") == ""


def test_a_repeat_is_one_though_it_is_related_too(library: Library) -> None:
    found = opened(library(with_field(PAIR, "b", recurrence_of="[a]", related="[a]")))
    assert (found.relation("b", "a"), found.relation("a", "b")) == ("repeats", "repeated by")


def test_an_earlier_one_of_which_nobody_has_said_anything_is_offered(library: Library) -> None:
    found = opened(library(PAIR))
    assert [hit.id for hit in found.offered("b")] == ["a"]
    assert found.offered("a") == found.offered("c") == ()


def test_only_what_is_strong_is_offered(library: Library) -> None:
    found = opened(library(families()))
    earlier = {
        name: [hit for hit in found.similar(name) if found.incidents[hit.id].id < name] for name in found.incidents
    }
    assert {name: list(found.offered(name)) for name in earlier} == {
        name: [hit for hit in hits if hit.score >= STRONG] for name, hits in earlier.items()
    }
    assert any(hit.score < STRONG for hits in earlier.values() for hit in hits)
    assert any(found.offered(name) for name in earlier)


@pytest.mark.parametrize("field", ["recurrence_of", "related", "not_related"])
@pytest.mark.parametrize(("one", "other"), [("a", "b"), ("b", "a")])
def test_what_people_have_said_something_of_is_not_offered(field: str, one: str, other: str, library: Library) -> None:
    found = opened(library(with_field(PAIR, one, **{field: f"[{other}]"})))
    assert found.offered("b") == ()


@pytest.mark.parametrize("name", ["a", "b"])
def test_of_two_without_days_none_is_offered(name: str, library: Library) -> None:
    started = "2020-01-01" if name == "a" else "2021-01-01"
    files = {**PAIR, f"postmortems/{name}.md": PAIR[f"postmortems/{name}.md"].replace(f"started: {started}\n", "")}
    found = opened(library(files))
    assert near_ids(found, "b") == ["a"]
    assert found.offered("a") == found.offered("b") == ()


@pytest.mark.parametrize("one", ["certificate-0", "certificate-1", "alias"])
def test_two_that_are_not_related_are_never_similar_and_never_in_one_cluster(one: str, library: Library) -> None:
    both = {"certificate-0", "certificate-1"}
    files = with_field(families(), "certificate-0", aliases="[old]")
    related = opened(library(files))
    assert "certificate-1" in near_ids(related, "certificate-0")
    assert [group for group in together(related) if both <= group]
    said = ("certificate-1", "old") if one == "alias" else (one, *(both - {one}))
    found = opened(library(with_field(files, said[0], not_related=f"[{said[1]}]")))
    assert "certificate-1" not in near_ids(found, "certificate-0")
    assert "certificate-0" not in near_ids(found, "certificate-1")
    assert not [group for group in together(found) if both <= group]
    assert [one for one in found.catalogue.findings if "not" in one.message] == []


def test_the_next_nearest_takes_the_place_of_one_that_is_not_related(library: Library) -> None:
    files = {f"postmortems/a{n}.md": record(f"A{n}", FAMILIES["disk"][0]) for n in range(9)}
    found = opened(library(with_field({**files, **families("power")}, "a8", not_related="[a0, a2]")))
    assert near_ids(found, "a8") == ["a1", "a3", "a4", "a5", "a6"]


def test_not_related_goes_before_recurrence_of_but_the_repeat_stays_what_people_say(library: Library) -> None:
    files = with_field(with_field(families(), "disk-1", recurrence_of="[disk-0]"), "disk-0", not_related="[disk-1]")
    found = opened(library(files))
    assert "disk-0" not in near_ids(found, "disk-1")
    assert not [group for group in together(found) if {"disk-0", "disk-1"} <= group]
    assert [(one.later, one.earlier) for one in found.repeats] == [("disk-1", "disk-0")]


def test_what_repeats_is_in_the_cluster_of_what_it_repeats_though_it_is_like_nothing(library: Library) -> None:
    files = {**families(), "postmortems/odd.md": record("Odd", "gadget stumbled", started="2024-01-01")}
    assert "odd" not in opened(library(files)).cluster_of
    found = opened(library(with_field(files, "odd", recurrence_of="[disk-2]")))
    assert {"disk-0", "disk-1", "disk-2", "disk-3", "odd"} in together(found)


def test_a_declared_repeat_takes_nobody_out_of_a_cluster(library: Library) -> None:
    files = {**families(), "postmortems/odd.md": record("Odd", "gadget stumbled", started="2024-01-01")}
    found = opened(library(with_field(files, "odd", recurrence_of="[disk-2]")))
    assert {"disk-0", "disk-1", "disk-2", "disk-3"} <= {*found.cluster_of}


def test_two_of_two_clusters_that_repeat_are_in_one(library: Library) -> None:
    found = opened(library(with_field(families(), "disk-2", recurrence_of="[power-1]")))
    assert [group for group in together(found) if {"disk-2", "power-1"} <= group]


@pytest.mark.parametrize("pairs", ["ab ba", "ab bc ca", "aa", "ab bb ca", "ac ab ba"])
def test_a_circle_of_repeats_ends_and_gives_no_repeat_that_is_none(pairs: str, library: Library) -> None:
    files = {path: text.replace("started", "resolved") for path, text in PAIR.items()}
    for name in "abc":
        named = ", ".join(pair[1] for pair in pairs.split() if pair[0] == name)
        files = with_field(files, name, recurrence_of=f"[{named}]") if named else files
    found = opened(library(files))
    declared = {(one.later, one.earlier) for one in found.repeats}
    assert not [pair for pair in declared if pair[::-1] in declared or pair[0] == pair[1]]
    assert everything(found) == everything(opened(library(files)))
    assert len(found.repeats) == len(declared)


def test_a_name_that_means_nothing_is_left_to_the_check(library: Library) -> None:
    fields = {"related": "[gone]", "recurrence_of": "[gone, play, a]", "not_related": "[gone, lesson, a]"}
    files = {**PAIR, "playbooks/play.md": record("Play"), "learnings/lesson.md": record("Lesson", kind="lesson")}
    found = opened(library(with_field(files, "a", **fields)))
    assert found.repeats == ()
    assert near_ids(found, "a") == ["b"]


def test_a_draft_is_compared_with_all_and_changes_nothing_that_is_kept(library: Library) -> None:
    root = library(families())
    before = everything(opened(root))
    for name, texts in FAMILIES.items():
        found = opened(root, incident("draft", texts[0], title=f"Draft of {name}", started="2024-01-01"))
        assert near_ids(found, "draft")[0] == f"{name}-0"
        assert "draft" in found.cluster_of[f"{name}-0"].members
        assert everything(opened(root)) == before


def test_a_draft_is_offered_what_it_may_repeat_and_may_say_no(library: Library) -> None:
    root = library(PAIR)
    draft = incident("draft", FAMILIES["certificate"][0], started="2024-01-01")
    assert {hit.id for hit in opened(root, draft).offered("draft")} == {"a", "b"}
    denied = draft.model_copy(update={"not_related": ("a",), "recurrence_of": ("b",)})
    found = opened(root, denied)
    assert [(hit.id, hit.relation) for hit in found.similar("draft")] == [("b", "repeats")]
    assert found.offered("draft") == ()
    assert [(one.later, one.earlier) for one in found.repeats] == [("draft", "b")]


def test_a_draft_takes_the_place_of_the_incident_with_its_id(library: Library) -> None:
    found = opened(library(PAIR), incident("b", FAMILIES["disk"][0], title="Rewritten", started="2021-01-01"))
    assert list(found.incidents) == ["a", "b", "c"]
    assert [(hit.id, hit.title) for hit in found.similar("c")] == [("b", "Rewritten")]
    assert found.similar("a") == ()


def test_nothing_depends_on_the_order_of_files_or_the_place(library: Library, tmp_path: Path) -> None:
    files = with_field(with_field(families(), "disk-3", recurrence_of="[disk-1]"), "power-0", not_related="[power-1]")
    expected = everything(opened(library(files)))
    for seed in range(3):
        order = list(files)
        random.Random(seed).shuffle(order)
        root = lay_out(tmp_path / f"other-{seed}", {path: files[path] for path in order})
        assert everything(opened(root)) == expected
    moved = {
        path.replace("postmortems/", f"postmortems/{9 - n % 5}/"): text for n, (path, text) in enumerate(files.items())
    }
    assert everything(opened(lay_out(tmp_path / "moved", moved))) == expected


CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["change", "remove", "add", "name", "deny", "repeat", "damage", "cut", "configure", "nothing"]),
        st.integers(0, 7),
        st.integers(0, 7),
    ),
    min_size=1,
    max_size=5,
)
NAMES = [f"{family}-{n}" for family in ("certificate", "disk") for n in range(4)]


def changed(root: Path, what: str, one: int, other: int) -> None:
    """Change a knowledge base a little, or what is kept of it."""
    path, kept = root / f"postmortems/{NAMES[one]}.md", place_of(root, "recurrence")
    family, _, number = NAMES[other].partition("-")
    text = FAMILIES[family][int(number)]
    match what:
        case "change":
            path.write_text(record(f"T{one}", text, started=f"20{10 + other}-01-01"))
        case "add":
            path.with_name(f"more-{one}.md").write_text(record(f"T{one}", text))
        case "remove":
            path.unlink(missing_ok=True)
        case "name":
            (root / "kb.toml").write_text(f'[clusters.names]\n"{NAMES[one]}" = "Named {other}"\n')
        case "deny" | "repeat":
            said = "not_related" if what == "deny" else "recurrence_of"
            path.write_text(record(f"T{one}", text, **{said: f"[{NAMES[other]}]"}))
        case "damage" if kept.exists():
            content = bytearray(kept.read_bytes())
            content[-1 - one] ^= 1
            kept.write_bytes(content)
        case "cut" if kept.exists():
            kept.write_bytes(kept.read_bytes()[: -1 - one])
        case "configure":
            (root / "kb.toml").write_text('[words.causes]\nx = "hardware"\n[mechanisms]\ncooling = ["volume"]\n')


@few(12, changes=CHANGES)
def test_what_is_found_is_the_same_to_the_last_byte_whatever_was_kept(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[str, int, int]]
) -> None:
    """After each change: with what was kept before it, and with nothing kept."""
    root = lay_out(tmp_path_factory.mktemp("changing") / "kb", families("certificate", "disk"))
    everything(opened(root))
    for change in [*changes, ("nothing", 0, 0)]:
        changed(root, *change)
        updated = everything(opened(root))
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("empty")))
            assert updated == everything(opened(root))


def test_other_words_in_kb_toml_count_at_once(library: Library) -> None:
    root = library(with_field(with_field(PAIR, "a", causes="[dead_disk]"), "b", causes="[dead_disk]"))
    assert shared(opened(root), "a", "b")["cause"] == ("dead_disk",)
    (root / "kb.toml").write_text('[words.causes]\ndead_disk = "hardware"\n')
    assert shared(opened(root), "a", "b")["cause"] == ("hardware",)


def test_where_nothing_can_be_kept_the_same_is_found(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    root = library(families())
    expected = everything(opened(root))
    monkeypatch.setenv("XDG_CACHE_HOME", str(root / "kb.toml"))
    assert everything(opened(root)) == expected


def test_what_was_kept_of_another_knowledge_base_is_not_taken(library: Library, tmp_path: Path) -> None:
    root, other = library(families()), lay_out(tmp_path / "other", families("disk"))
    expected = everything(opened(other))
    everything(opened(root))
    place_of(other, "recurrence").unlink(missing_ok=True)
    shutil.copy(place_of(root, "recurrence"), place_of(other, "recurrence"))
    assert everything(opened(other)) == expected


BAD = {
    "none": {},
    "one": {"a": record("A", "The breaker failed.")},
    "two": {"a": record("A", "The breaker failed."), "b": record("B", "The breaker failed.")},
    "two of the same title": {"a": record("x"), "b": record("x")},
    "all the same": {
        f"a{n:02}": record("The same", "The breaker of a generator failed.", causes="[hardware]") for n in range(30)
    },
    "all the same and not a mechanism": {f"a{n:02}": record("The same", "It stumbled.") for n in range(30)},
    "all empty": {f"a{n:02}": record(f"{n}") for n in range(30)},
    "causes alone": {f"a{n:02}": record(f"{n}", causes=f"[{'hardware' if n % 2 else 'capacity'}]") for n in range(30)},
    "empty root causes": {
        f"a{n:02}": record(f"R{n}", "## Root cause\n\n\n## Timeline\n", causes="[]") for n in range(6)
    },
    "numbers": {f"a{n:02}": record(f"{n}", "1 2 3 2017") for n in range(25)},
    "emoji": {f"a{n:02}": record("🔥" * (n + 1), "🔥 💧") for n in range(25)},
    "code alone": {f"a{n:02}": record(f"T{n}x", "```\nthe breaker failed\n```") for n in range(6)},
    "no day": {name.split("/")[1][:-3]: text.replace("started", "x-started") for name, text in families().items()},
}


@pytest.mark.parametrize("case", BAD)
def test_a_knowledge_base_that_tells_little_gives_a_plain_answer(case: str, library: Library) -> None:
    found = opened(library({f"postmortems/{name}.md": text for name, text in BAD[case].items()}))
    assert everything(found) == everything(opened(found.catalogue.root))
    members = [name for one in found.clusters for name in one.members]
    assert sorted([*members, *found.unclustered]) == sorted(BAD[case])
    for one in found.clusters:
        assert len(one.members) >= 3
        assert one.label
        assert 0 <= one.cohesion <= 1
    for name in found.incidents:
        for hit in found.similar(name):
            assert NEAR <= hit.score <= 1
            assert hit.reasons
            assert all(what for reason in hit.reasons for what in reason.what)


@pytest.mark.parametrize("case", ["none", "one", "all empty", "numbers", "emoji", "code alone", "empty root causes"])
def test_where_nothing_is_told_nothing_is_alike(case: str, library: Library) -> None:
    found = opened(library({f"postmortems/{name}.md": text for name, text in BAD[case].items()}))
    assert found.clusters == ()
    assert not any(found.similar(name) for name in found.incidents)
    assert not any(found.suggestion(name) for name in found.incidents)


def test_two_of_the_same_text_are_alike_and_no_cluster(library: Library) -> None:
    found = opened(library({f"postmortems/{name}.md": text for name, text in BAD["two"].items()}))
    assert scores(found, "a") == {"b": scores(found, "b")["a"]}
    assert scores(found, "a")["b"] >= STRONG
    assert found.clusters == ()


def test_all_of_the_same_text_are_one_cluster_with_their_mechanism(library: Library) -> None:
    found = opened(library({f"postmortems/{name}.md": text for name, text in BAD["all the same"].items()}))
    assert [(len(one.members), one.cohesion) for one in found.clusters] == [(30, 1.0)]
    assert "power supply" in found.clusters[0].terms


def test_a_knowledge_base_of_one_cluster_says_what_that_shares(library: Library) -> None:
    (found,) = opened(library(families("certificate"))).clusters
    assert found.label.startswith("Certificates: ")
    assert {"certificates", "certificate", "expired"} <= set(found.terms)


@pytest.mark.parametrize("count", [500, 50_000])
def test_a_record_of_very_many_words_is_one_among_others(count: int, library: Library) -> None:
    pasted = " ".join(f"{'klmnop'[n % 6]}{n % 7_000}x" for n in range(count))
    long = record("Long", f"{FAMILIES['disk'][0]}\n\n{pasted}", started="2024-01-01")
    found = opened(library({**families(), "postmortems/long.md": long}))
    for name in ("power", "certificate", "routing", "disk"):
        assert {f"{name}-{n}" for n in range(4)} <= set(found.cluster_of[f"{name}-0"].members)
    assert all(len(one.terms) <= 8 for one in found.clusters)


JAPANESE = (
    "電源装置の故障により発電機が起動せず、電池が空になった。",
    "発電機が起動せず電池が切れて、電源装置の故障が続いた。",
    "電源装置の故障。電池が空になり、発電機が起動しなかった。",
)
ARABIC = (
    "انتهت صلاحية الشهادة لأن تجديد الشهادة فشل ورفض العملاء الاتصال",
    "فشل تجديد الشهادة وانتهت صلاحية الشهادة فرفض العملاء الاتصال",
    "رفض العملاء الاتصال بعد أن انتهت صلاحية الشهادة وفشل التجديد",
)


def test_texts_of_other_languages_are_alike_by_their_own_words(library: Library) -> None:
    files = {
        f"postmortems/{name}-{n}.md": record(f"{name} {n}", text)
        for name, some in {"ja": JAPANESE, "ar": ARABIC}.items()
        for n, text in enumerate(some)
    }
    found = opened(library({**files, **families()}))
    assert {frozenset({"ja-0", "ja-1", "ja-2"}), frozenset({"ar-0", "ar-1", "ar-2"})} <= together(found)
    for name in ("ja-0", "ar-0"):
        assert {hit.split("-")[0] for hit in near_ids(found, name)} == {name[:2]}
        assert found.cluster_of[name].label.strip()
    assert "電池" in shared(found, "ja-0", "ja-1")["word"] or shared(found, "ja-0", "ja-1")["word"]


@pytest.mark.parametrize("cause", ["a:b", "<x>", "=hardware", "原因"])
def test_causes_and_texts_with_odd_characters_are_told_apart(cause: str, library: Library) -> None:
    texts = {**FAMILIES, "typed": [f"It says cause:{cause} and trigger:{cause}"] * 4}
    files = {
        f"postmortems/{name}-{n}.md": record(
            f"{name} {n}", text, **({} if name == "typed" else {"causes": f'["{cause}"]'})
        )
        for name, some in texts.items()
        for n, text in enumerate(some)
    }
    found = opened(library(files))
    assert shared(found, "certificate-0", "certificate-1").get("cause", (cause,)) == (cause,)
    for n in range(1, 4):
        assert not {"cause", "trigger"} & set(shared(found, "typed-0", f"typed-{n}"))
    for one in found.clusters:
        assert cause not in one.terms or "typed-0" in one.members


def test_a_suggestion_is_for_incidents_without_a_cause_alone(library: Library) -> None:
    files = {
        f"postmortems/{name}-{n}.md": record(f"R{n}", text, causes=f"[of_{name}]")
        for name, texts in FAMILIES.items()
        for n, text in enumerate([*texts, *texts])
    }
    files["postmortems/asked.md"] = record("Asked", "The generator failed and the batteries were empty.")
    files["postmortems/unknown.md"] = record("Asked", "The volume was full of files.", causes="[unknown]")
    found = opened(library(files))
    assert found.causes.right == (32, 32)
    assert {name: one.cause for name in found.incidents if (one := found.suggestion(name))} == {
        "asked": "of_power",
        "unknown": "of_disk",
    }


def test_mechanisms_of_kb_toml_count(library: Library) -> None:
    texts = ("A hare gnawed at the wall.", "A rabbit gnawed at the wall.", "Some bunny gnawed, the wall fell.")
    files = {f"postmortems/a{n}.md": record(f"T{n}x", text) for n, text in enumerate(texts)} | families()
    found = opened(library(files, '[mechanisms]\n"animals" = ["hare", "rabbit", "bunny"]\n'))
    assert shared(found, "a0", "a1")["mechanism"] == ("animals",)
    assert "animals" in found.cluster_of["a0"].terms
    without = opened(library(files, ""))
    assert "mechanism" not in shared(without, "a0", "a1")
    assert scores(without, "a0").get("a1", 0) < scores(found, "a0")["a1"]


def test_an_incident_that_is_not_there_is_a_key_error(library: Library) -> None:
    found = opened(library(PAIR))
    with pytest.raises(KeyError):
        found.similar("gone")
    assert kb.Recurrence(found.catalogue).clusters == found.clusters


def test_in_a_large_knowledge_base_an_incident_of_the_latest_year_changes_nothing_of_the_others(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {**families(), "postmortems/first.md": record("First", FAMILIES["disk"][1], started="2026-01-01")}
    monkeypatch.setattr(space, "LEARNED_FROM", len(files) - 3)
    new = record("New", f"{FAMILIES['disk'][0]} The gadget stumbled.", started="2026-02-01")
    before, after = opened(library(files)), opened(library({**files, "postmortems/new.md": new}))

    def of_others(found: kb.Recurrence, name: str) -> list[tuple[str, float]]:
        return [(hit.id, hit.score) for hit in found.similar(name) if hit.id != "new"][:4]

    assert near_ids(after, "new")
    assert all(of_others(after, name) == of_others(before, name) for name in before.incidents)
