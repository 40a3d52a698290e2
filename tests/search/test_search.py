from collections.abc import Iterator
from pathlib import Path

import pytest
from knowledge_base import lay_out

from kb.search.index import Index
from kb.search.query import read_query
from kb.search.search import MAX_EXPANDED, search

from .made import TEXT, ask, for_any, ids, opened, record, scores, strictly

FILES = {
    "postmortems/2024-03-05-queue.md": record(
        "The mail queue overflowed",
        "The disk of kube-dns was full after a reboot.\n\nConnections were refused.",
        started="2024-03-05T10:00:00Z",
        severity="sev1",
        services='["Kube DNS", mail]',
        causes="[code_change, contention]",
        teams="[platform]",
        organization="Acme",
        trigger="config_push",
        tags="[dns]",
        status="published",
        aliases="[inc-17]",
        summary="Mail was late for everybody.",
        timeline='[{at: "2024-03-05T10:00:00Z", event: "A pager rang"}]',
        actions='[{title: "Alert on thermometers"}]',
    ),
    "postmortems/2023-12-31-certificate.md": record(
        "A certificate expired",
        "Refused handshakes, then connections of every kind.",
        started="2023-12-31",
        severity="sev2",
        services="[mail]",
        causes="[misconfiguration]",
        teams="[platform, web]",
        organization="Acme",
        trigger="performance_decay",
        status="draft",
    ),
    "postmortems/undated.md": record(
        "Nobody wrote down when", "障害発生のデータベース。 انقطاع الخدمة", severity="sev2"
    ),
    "playbooks/empty-a-disk.md": record(
        "Make room",
        "Run `df -h` and see max_connections.",
        symptoms="[no space left on device]",
        alerts="[KubePodCrashLooping]",
        services="[mail]",
        owner="web",
    ),
    "learnings/game-days/pull-the-plug.md": record(
        "Pull the plug", "A rehearsal with an umbrella.", date="2024-03-06", kind="game_day", teams="[web]"
    ),
    "learnings/lessons/watch.md": record(
        "Watch what expires", "A calendar is no alarm.", date="2022-07-01", kind="lesson", causes="[misconfiguration]"
    ),
}
ALL = {
    "2024-03-05-queue",
    "2023-12-31-certificate",
    "undated",
    "empty-a-disk",
    "pull-the-plug",
    "watch",
}
QUEUE, CERTIFICATE = "2024-03-05-queue", "2023-12-31-certificate"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield opened(lay_out(tmp_path_factory.mktemp("kb"), FILES, "")).index


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("The mail queue overflowed", QUEUE),
        ("Make room", "empty-a-disk"),
        ("pull the plug", "pull-the-plug"),
        ("Watch what expires", "watch"),
        ("2024-03-05-queue", QUEUE),
        ("empty-a-disk", "empty-a-disk"),
        ("pull-the-plug", "pull-the-plug"),
        ("watch", "watch"),
        ('"full after a reboot"', QUEUE),
        ('"late for everybody"', QUEUE),
        ('"pager rang"', QUEUE),
        ('"alert on thermometers"', QUEUE),
        ("inc-17", QUEUE),
        ('"no space left on device"', "empty-a-disk"),
        ("KubePodCrashLooping", "empty-a-disk"),
        ("crash looping", "empty-a-disk"),
        ('"rehearsal with an umbrella"', "pull-the-plug"),
        ('"a calendar is no alarm"', "watch"),
        ("max connections", "empty-a-disk"),
        ("kube-dns", QUEUE),
        ("障害", "undated"),
        ("データベース", "undated"),
        ("الخدمة", "undated"),
    ],
)
def test_every_kind_of_record_is_found_first_by_what_it_says(index: Index, query: str, found: str) -> None:
    assert ids(index, query)[0] == found


@pytest.mark.parametrize("query", ["giraffe", '"giraffe"', "gira*", "kind:giraffe", "id:queue", "date:1999"])
def test_what_no_record_says_finds_nothing(index: Index, query: str) -> None:
    answer = ask(index, query)
    assert (answer.total, answer.results, answer.facets) == (0, (), {})


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kind:postmortem", {QUEUE, CERTIFICATE, "undated"}),
        ("kind:playbook", {"empty-a-disk"}),
        ("kind:learning", {"pull-the-plug", "watch"}),
        ("kind:game_day", {"pull-the-plug"}),
        ("kind:game-day", {"pull-the-plug"}),
        ("severity:sev1", {QUEUE}),
        ("severity:SEV2", {CERTIFICATE, "undated"}),
        ("service:kube-dns", {QUEUE}),
        ('service:"Kube DNS"', {QUEUE}),
        ("service:mail", {QUEUE, CERTIFICATE, "empty-a-disk"}),
        ("cause:code_change", {QUEUE}),
        ("cause:misconfiguration", {CERTIFICATE, "watch"}),
        ("team:web", {CERTIFICATE, "pull-the-plug"}),
        ("organization:acme", {QUEUE, CERTIFICATE}),
        ("year:2024", {QUEUE, "pull-the-plug"}),
        ("trigger:config_push", {QUEUE}),
        ("tag:dns", {QUEUE}),
        ("status:draft", {CERTIFICATE}),
        ("id:inc-17", {QUEUE}),
        ("id:watch", {"watch"}),
    ],
)
def test_each_fact_narrows_to_the_records_that_have_it(index: Index, query: str, found: set[str]) -> None:
    assert set(ids(index, query)) == found
    assert set(ids(index, f"-{query}")) == ALL - found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("severity:sev1 severity:sev2", {QUEUE, CERTIFICATE, "undated"}),
        ("severity:sev2 team:web", {CERTIFICATE}),
        ("service:mail -kind:playbook", {QUEUE, CERTIFICATE}),
        ("severity:sev2 -team:web -team:other", {"undated"}),
        ("severity:sev1 -severity:sev1", set()),
    ],
)
def test_values_of_one_name_are_alternatives_and_names_narrow_together(
    index: Index, query: str, found: set[str]
) -> None:
    assert set(ids(index, query)) == found


def test_facts_narrow_what_words_find(index: Index) -> None:
    assert set(ids(index, "refused")) == {QUEUE, CERTIFICATE}
    assert ids(index, "refused severity:sev2") == [CERTIFICATE]
    assert ids(index, "refused kind:playbook") == []


def test_facts_change_no_score(index: Index) -> None:
    assert scores(index, "refused severity:sev2")[CERTIFICATE] == scores(index, "refused")[CERTIFICATE] > 0


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("mail -reboot", {CERTIFICATE, "empty-a-disk"}),
        ("mail -REBOOTS", {CERTIFICATE, "empty-a-disk"}),
        ('refused -"connections were refused"', {CERTIFICATE}),
        ('refused -"refused were connections"', {QUEUE, CERTIFICATE}),
        ("mail -giraffe", {QUEUE, CERTIFICATE, "empty-a-disk"}),
        ("mail -kube-dns", {CERTIFICATE, "empty-a-disk"}),
        ("mail -mail", set()),
        ("mail -the", {QUEUE, CERTIFICATE, "empty-a-disk"}),
    ],
)
def test_what_is_unwanted_is_left_out(index: Index, query: str, found: set[str]) -> None:
    assert set(ids(index, query)) == found


def test_what_is_unwanted_alone_leaves_all_others(index: Index) -> None:
    assert set(ids(index, "-mail")) == ALL - set(ids(index, "mail"))


@pytest.mark.parametrize(
    ("dates", "found"),
    [
        ("2024", [ "pull-the-plug", QUEUE]),
        ("2024-03", ["pull-the-plug", QUEUE]),
        ("2024-03-05", [QUEUE]),
        ("2024-02", []),
        ("2023..2024", ["pull-the-plug", QUEUE, CERTIFICATE]),
        ("2024..2023", []),
        ("2023-12-31..2024-03-05", [QUEUE, CERTIFICATE]),
        ("2024-01..2024-03", ["pull-the-plug", QUEUE]),
        ("2023..", ["pull-the-plug", QUEUE, CERTIFICATE]),
        ("2024-03-06..", ["pull-the-plug"]),
        ("2024-03-07..", []),
        ("..2023", [CERTIFICATE, "watch"]),
        ("..2023-12-30", ["watch"]),
        ("..2022-07", ["watch"]),
        ("..2022-06", []),
    ],
)  # fmt: skip
def test_dates_take_in_their_ends_and_leave_out_what_has_no_day(index: Index, dates: str, found: list[str]) -> None:
    assert ids(index, f"date:{dates}") == found


def test_dates_narrow_what_words_find(index: Index) -> None:
    assert ids(index, "refused date:2024") == [QUEUE]


@pytest.mark.parametrize(
    ("phrase", "found"),
    [
        ("connections were refused", {QUEUE}),
        ("Connection was refusing", {QUEUE}),
        ("refused connections", set()),
        ("refused handshakes", {CERTIFICATE}),
        ("connections refused", {QUEUE}),
        ("reboot connections", {QUEUE}),
        ("disk reboot", set()),
        ("overflowed mail", set()),
        # The one ends a title and the other begins a body.
        ("queue overflowed disk", set()),
        ("refused", {QUEUE, CERTIFICATE}),
        ("of kube-dns", {QUEUE}),
        ("障害発生", {"undated"}),
        ("発生障害", set()),
        ("障害データ", set()),
    ],
)
def test_a_phrase_stands_in_its_order_and_in_one_field(index: Index, phrase: str, found: set[str]) -> None:
    assert set(strictly(index, f'"{phrase}"')) == found


def test_all_phrases_must_stand_and_words_beside_them_need_not(index: Index) -> None:
    assert strictly(index, '"mail queue" "was full"') == [QUEUE]
    assert strictly(index, '"mail queue" "refused handshakes"') == []
    assert strictly(index, '"mail queue" giraffe') == [QUEUE]


def test_where_no_record_has_the_phrase_its_words_are_enough_and_the_answer_says_so(index: Index) -> None:
    loose, plain = ask(index, '"refused connections"'), ask(index, "refused connections")
    assert (loose.is_loose, plain.is_loose) == (True, False)
    assert loose.results == plain.results
    assert not ask(index, '"connections were refused"').is_loose


def test_a_phrase_of_words_that_nobody_wrote_finds_nothing_and_is_not_loose(index: Index) -> None:
    answer = ask(index, '"giraffe zebra"')
    assert (answer.total, answer.is_loose) == (0, False)


def test_a_phrase_gives_way_and_a_field_or_an_unwanted_word_does_not(index: Index) -> None:
    assert ask(index, '"refused connections" kind:learning service:none').total == 0
    assert QUEUE not in ids(index, '"refused connections" -"mail queue"')


@pytest.mark.parametrize("query", ['"mail queue" ' * 700, '"mail queue" ' + '-"giraffe" ' * 800, "overfl* " * 1200])
def test_what_is_said_over_and_over_finds_the_same(index: Index, query: str) -> None:
    assert ids(index, query) == [QUEUE]


def test_a_phrase_far_longer_than_any_text_is_not_found(index: Index) -> None:
    assert strictly(index, '"' + "mail queue " * 900 + '"') == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("overfl*", {QUEUE}),
        ("CONN*", {QUEUE, CERTIFICATE, "empty-a-disk"}),
        ("connections*", {QUEUE, CERTIFICATE, "empty-a-disk"}),
        ("umb* overfl*", {"pull-the-plug", QUEUE}),
        ("expire*", {CERTIFICATE, "watch"}),
        ("lapped*", set()),
        ("umb* kind:playbook", set()),
    ],
)
def test_a_beginning_finds_the_words_that_begin_so(index: Index, query: str, found: set[str]) -> None:
    assert set(ids(index, query)) == found


def test_a_beginning_of_very_many_words_stands_for_the_first(tmp_path: Path) -> None:
    many = {f"postmortems/p{n:03}.md": record(f"begin{n:03}") for n in range(MAX_EXPANDED + 10)}
    index = opened(lay_out(tmp_path / "kb", many, "")).index
    assert sorted(ids(index, "begin*")) == [f"p{n:03}" for n in range(MAX_EXPANDED)]
    assert len(ids(index, "begin04*")) == 10


@pytest.mark.parametrize(
    ("query", "instead"),
    [
        ("certificates", {}),
        ("certifikate", {"certifikate": "certificate"}),
        ("Umbrela", {"Umbrela": "umbrella"}),
        ("umbrela mail certifikate", {"umbrela": "umbrella", "certifikate": "certificate"}),
        ("kube-dnz", {}),
        ("xyzzy", {}),
        ("umbrellas", {}),
        ("umb*", {}),
        ("-umbrela mail", {}),
        ("kind:umbrela", {}),
        ("x" * 5000, {}),
    ],
)
def test_a_word_that_no_record_holds_has_the_nearest_that_one_does(
    index: Index, query: str, instead: dict[str, str]
) -> None:
    assert ask(index, query).instead == instead


def test_a_misspelt_word_finds_what_the_right_one_does(index: Index) -> None:
    assert ids(index, "certifikate mail") == ids(index, "certificate mail")


def test_an_unfinished_word_finds_what_begins_with_it(index: Index) -> None:
    answer = ask(index, "umbrel")
    assert (answer.begun, answer.instead) == (("umbrel",), {})
    assert [hit.document.id for hit in answer.results] == ids(index, "umbrel*") != []


def test_an_unknown_code_is_never_taken_for_another_and_the_nearest_is_named(tmp_path: Path) -> None:
    index = opened(lay_out(tmp_path / "kb", {"postmortems/p.md": record("code ora12541")}, "")).index
    answer = ask(index, "ORA12542")
    assert (answer.total, answer.near, answer.instead) == (0, {"ORA12542": "ora12541"}, {})
    assert ask(index, "ORA1254").begun == ()


def test_only_facets_find_the_newest_first_and_what_has_no_day_last(index: Index) -> None:
    answer = ask(index, "kind:postmortem")
    assert [hit.document.id for hit in answer.results] == [QUEUE, CERTIFICATE, "undated"]
    assert [hit.score for hit in answer.results] == [0, 0, 0]
    assert answer.results[0].passage.text.startswith("Mail was late for everybody. The disk")
    assert all(hit.passage.marks == () for hit in answer.results)


@pytest.mark.parametrize("query", ["", " ", "the of", '"', "-", "date:..", "🔥", "[" * 9999])
def test_a_query_that_says_nothing_finds_nothing(index: Index, query: str) -> None:
    answer = ask(index, query)
    assert (answer.total, answer.results, answer.facets, answer.instead) == (0, (), {}, {})


@pytest.mark.parametrize("query", ["mail", "kind:postmortem", "-giraffe"])
def test_the_limit_cuts_results_and_no_counts(index: Index, query: str) -> None:
    whole = ask(index, query)
    assert whole.total == len(whole.results) >= 3
    for limit in (0, 1, 2, whole.total, whole.total + 1):
        answer = ask(index, query, limit)
        assert answer.results == whole.results[:limit]
        assert (answer.total, answer.facets) == (whole.total, whole.facets)


def test_equal_records_stand_by_their_day_and_then_by_their_id(tmp_path: Path) -> None:
    days = {"d": "2023-01-01", "b": "2024-01-01", "c": "2024-01-01", "a": "2022-12-31"}
    files = {f"postmortems/{name}.md": record("Same words", started=day) for name, day in days.items()}
    files |= {f"postmortems/{name}.md": record("Same words") for name in ("z", "y")}
    index = opened(lay_out(tmp_path / "kb", files, "")).index
    assert len(set(scores(index, "same").values())) == 1
    assert ids(index, "same") == ids(index, "kind:postmortem") == ["b", "c", "d", "a", "y", "z"]


def test_results_stand_by_their_score(index: Index) -> None:
    found = [hit.score for hit in ask(index, "mail refused connections certificate").results]
    assert found == sorted(found, reverse=True)
    assert len(set(found)) == len(found) == 3


def test_counts_are_of_all_that_is_found_most_frequent_first(index: Index) -> None:
    facets = ask(index, "service:mail", 1).facets
    assert {name: list(values.items()) for name, values in facets.items()} == {
        "kind": [("postmortem", 2), ("playbook", 1)],
        "severity": [("sev1", 1), ("sev2", 1)],
        "service": [("mail", 3), ("Kube DNS", 1)],
        "cause": [("code_change", 1), ("contention", 1), ("misconfiguration", 1)],
        "team": [("platform", 2), ("web", 1)],
        "organization": [("Acme", 2)],
        "year": [("2023", 1), ("2024", 1)],
    }
    assert list(facets) == ["kind", "severity", "service", "cause", "team", "organization", "year"]


def test_a_learning_is_counted_once(index: Index) -> None:
    assert ask(index, "kind:learning").facets["kind"] == {"learning": 2}
    assert ask(index, "kind:game_day").facets == {"kind": {"learning": 1}, "team": {"web": 1}, "year": {"2024": 1}}


def test_the_passage_shows_and_marks_what_was_asked_for(index: Index) -> None:
    (hit,) = ask(index, "reboots").results
    assert [hit.passage.text[start:end] for start, end in hit.passage.marks] == ["reboot"]
    (hit,) = ask(index, "umbr*").results
    assert [hit.passage.text[start:end] for start, end in hit.passage.marks] == ["umbrella"]


def test_a_part_and_its_whole_are_each_looked_up_once(index: Index) -> None:
    assert scores(index, "kube-dns") == scores(index, "kube-dns kube dns") == scores(index, "kube-dns Kube-DNS")


@for_any(text=TEXT)
def test_any_query_has_an_answer(index: Index, text: str) -> None:
    answer = search(index, read_query(text), 3)
    assert len(answer.results) == min(3, answer.total)
    assert answer.total <= len(ALL)
    assert sum(answer.facets.get("kind", {}).values()) == answer.total
    assert {hit.document.id for hit in answer.results} <= ALL
    assert [hit.score for hit in answer.results] == sorted((hit.score for hit in answer.results), reverse=True)
