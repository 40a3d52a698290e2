import pytest

from kb.search.query import MAX_LENGTH, MAX_WORDS, Query, read_query

from .made import TEXT, for_any


def asked(text: str) -> tuple[str, ...]:
    return read_query(text).asked


def test_words_are_looked_up_in_the_order_of_the_query_each_once() -> None:
    query = read_query("Disk full, disk FULL queue")
    assert query.asked == ("Disk", "full", "queue")
    assert query.words == ((("=disk", "disk"),), (("=full", "full"),), (("=queue", "queue"),))
    assert not query.cut


def test_a_phrase_must_stand_and_its_words_are_looked_up() -> None:
    query = read_query('"connection refused" today')
    assert query.phrases == (("connect", "refus"),)
    assert query.asked == ("connection", "refused", "today")


def test_a_phrase_is_taken_at_the_whole_of_what_is_joined() -> None:
    assert read_query('"kube-dns failed"').phrases == (("kube-dns", "fail"),)


def test_a_phrase_leaves_out_stop_words() -> None:
    assert read_query('"out of memory"').phrases == (("out", "memori"),)


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("kind:playbook", ("kind", "playbook")),
        ("KIND:Game_Day", ("kind", "game-day")),
        ('service:"Kube DNS"', ("service", "kube-dns")),
        ("service:kube_dns", ("service", "kube-dns")),
        ("severity:sev1", ("severity", "sev1")),
        ("cause:code_change", ("cause", "code-change")),
        ("team:platform", ("team", "platform")),
        ("organization:Örg", ("organization", "org")),
        ("year:2024", ("year", "2024")),
        ("trigger:config_push", ("trigger", "config-push")),
        ("tag:dns", ("tag", "dns")),
        ("status:draft", ("status", "draft")),
        ("id:queue-full", ("id", "queue-full")),
    ],
)
def test_a_field_and_its_value_narrow_and_are_no_words(text: str, fact: tuple[str, str]) -> None:
    assert read_query(text) == Query(facts=(fact,))
    assert read_query(f"-{text}") == Query(unwanted_facts=(fact,))


@pytest.mark.parametrize("text", ["http://x:80", "error:foo", "kinds:playbook", "x.kind:playbook", "12:30"])
def test_what_only_looks_like_a_field_is_words(text: str) -> None:
    query = read_query(text)
    assert query.asked == (text,)
    assert not query.facts


@pytest.mark.parametrize("text", ["error: foo", "error : foo", '{"error":"foo"}', "error:\tfoo"])
def test_what_is_pasted_with_a_colon_is_words(text: str) -> None:
    assert asked(text) == ("error", "foo")


@pytest.mark.parametrize(("text", "words"), [("kind:", ("kind",)), ("kind: playbook", ("kind", "playbook"))])
def test_a_field_without_a_value_is_a_word(text: str, words: tuple[str, ...]) -> None:
    assert asked(text) == words
    assert not read_query(text).facts


def test_a_minus_before_a_word_makes_it_unwanted() -> None:
    assert read_query("disk -queues") == Query(words=((("=disk", "disk"),),), unwanted=(("queue",),))


def test_a_minus_before_a_phrase_makes_the_phrase_unwanted() -> None:
    assert read_query('-"connection refused"') == Query(unwanted=(("connect", "refus"),))


@pytest.mark.parametrize("text", ["kube-dns", "a -", "- a", "kube - dns", "(-a", "–a"])
def test_a_minus_that_stands_before_no_word_means_nothing(text: str) -> None:
    assert not read_query(text).unwanted


@pytest.mark.parametrize("text", ["http://x:80", "error:foo"])
def test_what_only_looks_like_a_field_is_unwanted_as_a_whole(text: str) -> None:
    assert read_query(f"-{text}") == Query(unwanted=((text,),))


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("date:2024", "2024", "2024"),
        ("date:2024-03", "2024-03", "2024-03"),
        ("date:2024-03-05", "2024-03-05", "2024-03-05"),
        ("date:2020..2021-06", "2020", "2021-06"),
        ("date:2020..", "2020", ""),
        ("date:..2021", "", "2021"),
        ('DATE:"2020..2021"', "2020", "2021"),
        ("date:2020.. date:..2021", "2020", "2021"),
        ("date:..2021 date:2020..", "2020", "2021"),
    ],
)
def test_dates_are_a_year_a_month_a_day_or_a_range(text: str, since: str, until: str) -> None:
    assert read_query(text) == Query(since=since, until=until)


@pytest.mark.parametrize("value", ["20240305", "2024-3", "24", "2024...2025", "yesterday", "2024-03-05T10:00", "٢٠٢٤"])
def test_what_is_no_date_is_words(value: str) -> None:
    query = read_query(f"date:{value}")
    assert (query.since, query.until) == ("", "")
    assert query.asked


def test_a_date_that_is_not_wanted_does_not_narrow_to_it() -> None:
    query = read_query("disk -date:2024")
    assert (query.since, query.until) == ("", "")


@pytest.mark.parametrize(("text", "prefix"), [("conn*", "conn"), ("CONN*", "conn"), ("écol*", "ecol"), ("50*", "50")])
def test_a_star_makes_a_beginning(text: str, prefix: str) -> None:
    assert read_query(text) == Query(prefixes=(prefix,))
    assert read_query(f"{text} {text}") == read_query(text)


@pytest.mark.parametrize("text", ["a*", "*", "**", "*conn", "conn**", "**conn**", "co*nn", "kube-d*", "_*"])
def test_a_star_elsewhere_means_nothing(text: str) -> None:
    assert not read_query(text).prefixes


def test_all_forms_can_stand_together() -> None:
    query = read_query('disk "no space" -old kind:postmortem -team:a date:2024.. conn*')
    assert query == Query(
        words=((("=disk", "disk"),), (("=space", "space"),)),
        prefixes=("conn",),
        phrases=(("space",),),
        unwanted=(("old",),),
        facts=(("kind", "postmortem"),),
        unwanted_facts=(("team", "a"),),
        since="2024",
    )


@pytest.mark.parametrize(
    "text",
    ["", " ", "-", "--", '"', '""', '" "', '-""', "the of and", '"the"', "-the", "🔥", "\0\x1b", "[[[", "kind:\"\"", "date:.."],
)  # fmt: skip
def test_a_query_that_says_nothing_is_empty(text: str) -> None:
    query = read_query(text)
    assert query.is_empty
    assert not query.phrases
    assert not query.cut


@pytest.mark.parametrize("text", ["disk", "di*", '"disk"', "-disk", "kind:x", "-kind:x", "date:2024", "date:..2024"])
def test_a_query_that_looks_for_something_or_narrows_is_not_empty(text: str) -> None:
    assert not read_query(text).is_empty


@pytest.mark.parametrize(
    ("text", "words", "phrases"),
    [
        ('disk "full', ("disk", "full"), ()),
        ('disk" full', ("disk", "full"), ()),
        ('"disk" "full', ("disk", "full"), (("disk",),)),
        ('say "disk""full"', ("say", "disk", "full"), (("disk",), ("full",))),
        ("f(x[1]] = {a", ("f", "x", "1"), ()),
        ("((((disk", ("disk",), ()),
        ("<script>alert(1)</script>", ("script", "alert", "1"), ()),
        ("disk\0full\x1b[31m\u202equeue", ("disk", "full", "31m", "queue"), ()),
        ("disk\r\n\tfull\u2028queue", ("disk", "full", "queue"), ()),
        ("' OR 1=1; --", ("1",), ()),
        ("%s %n ${x} ../../etc/passwd", ("n", "x", "etc/passwd"), ()),
    ],
)
def test_what_is_not_balanced_or_looks_like_code_is_words(
    text: str, words: tuple[str, ...], phrases: tuple[tuple[str, ...], ...]
) -> None:
    query = read_query(text)
    assert query.asked == words
    assert query.phrases == phrases


@pytest.mark.parametrize(
    "text",
    [
        "a" * 50_000 + "!",
        "(" * 50_000 + ")" * 50_000,
        "[" * 50_000,
        '"' * 50_001,
        "-" * 50_000,
        ":" * 50_000,
        "a:" * 50_000,
        "a-" * 50_000,
        "a*" * 50_000,
        "e\u0301" * 50_000,
        " " * 100_000,
        "date:" + "2024.." * 20_000,
    ],
)
def test_a_bomb_for_regular_expressions_is_read(text: str) -> None:
    query = read_query(text)
    assert query.cut
    assert len(query.words) <= 1
    assert not query.prefixes
    assert not query.facts


def test_a_hundred_kilobytes_are_cut_and_say_so() -> None:
    query = read_query(" ".join(f"w{n}" for n in range(17_000)))
    assert query.asked == tuple(f"w{n}" for n in range(MAX_WORDS))
    assert query.cut


def test_the_greatest_number_of_words_is_not_cut_and_one_more_is() -> None:
    text = " ".join(f"w{n}" for n in range(MAX_WORDS))
    assert len(read_query(text).words) == MAX_WORDS
    assert not read_query(f"{text} w0 -no kind:x").cut
    assert read_query(f"{text} more").cut


def test_what_narrows_counts_also_after_the_last_word() -> None:
    query = read_query(" ".join(f"w{n}" for n in range(MAX_WORDS + 1)) + " kind:playbook -old")
    assert (query.facts, query.unwanted) == ((("kind", "playbook"),), (("old",),))


def test_the_greatest_length_is_not_cut_and_one_more_is() -> None:
    text = "disk " + "." * (MAX_LENGTH - 5)
    assert not read_query(text).cut
    assert read_query(f"{text}.") == Query(words=((("=disk", "disk"),),), cut=True)


def test_no_more_beginnings_than_words_are_looked_up() -> None:
    query = read_query(" ".join(f"w{n}*" for n in range(1000)))
    assert query.prefixes == tuple(f"w{n}" for n in range(MAX_WORDS))
    assert query.cut


@for_any(text=TEXT)
def test_any_text_is_a_query(text: str) -> None:
    query = read_query(text)
    assert len(query.words) == len(query.asked) <= MAX_WORDS
    assert len(query.prefixes) <= MAX_WORDS
    assert len(set(query.words)) == len(query.words)
    assert all(word in text for word in query.asked)
    assert all(phrase and all(phrase) for phrase in (*query.phrases, *query.unwanted))
    assert all(value for _, value in (*query.facts, *query.unwanted_facts))


@for_any(text=TEXT)
def test_reading_a_query_depends_on_nothing_but_its_text(text: str) -> None:
    assert read_query(text) == read_query(f" {text} ")
