import pytest

from kb.config import Config
from kb.errors import KbError
from kb.records.frontmatter import read
from kb.records.shape import Shaped, refuse_unknown_names, shape


def shaped(fields: str, config: Config | None = None, kind: str = "postmortem") -> Shaped:
    raw = read(f"---\n{fields}\n---\n".encode())
    return shape(raw.fields, raw.lines, kind, config or Config())


def mapping(**names: object) -> Config:
    return Config.model_validate({"fields": {"postmortem": names}})


def codes(found: Shaped) -> list[str]:
    return [code for code, *_ in found.notes]


def test_the_first_name_that_is_present_wins() -> None:
    config = mapping(title=["headline", "company"])
    assert shaped("company: Acme\nheadline: It broke", config).data["title"] == "It broke"
    assert shaped("company: Acme", config).data["title"] == "Acme"
    assert shaped("company: Acme\ntitle: Ours", config).data["title"] == "Acme"


@pytest.mark.parametrize("nothing", ["", "''", "~", "[]", "{}"])
def test_a_name_without_a_value_is_not_present(nothing: str) -> None:
    found = shaped(f"headline: {nothing}\ntitle: Ours", mapping(title="headline"))
    assert found.data["title"] == "Ours"


def test_a_list_gathers_all_names_that_are_present() -> None:
    config = mapping(sources=["url", "archive"])
    found = shaped("archive: [https://b, https://c]\nurl: https://a\nsources: https://d", config)
    assert [source["url"] for source in found.data["sources"]] == ["https://a", "https://b", "https://c", "https://d"]


def test_a_gathered_value_keeps_its_line() -> None:
    found = shaped("keywords:\n- a\n-\n- b\nlabel: c\ntags: [d]", mapping(tags=["label", "keywords"]))
    assert found.data["tags"] == ["c", "a", "b", "d"]
    assert [found.line(("tags", index)) for index in range(4)] == [6, 3, 5, 7]


def test_a_name_that_maps_to_itself_is_gathered_once() -> None:
    assert shaped("tags: [a]\nkeywords: [b]", mapping(tags=["tags", "keywords"])).data["tags"] == ["a", "b"]


def test_dots_reach_into_mappings() -> None:
    found = shaped("when:\n  began: {at: 2024-01-01}", mapping(started="when.began.at"))
    assert found.data["started"] == "2024-01-01"
    assert found.line(("started",)) == 3
    assert found.extra == {}


def test_a_name_with_a_dot_in_it_is_found_too() -> None:
    assert shaped("when.began: 2024-01-01", mapping(started="when.began")).data["started"] == "2024-01-01"


def test_what_a_dotted_name_leaves_of_a_mapping_is_kept() -> None:
    found = shaped("when: {began: 2024-01-01, weather: rain}", mapping(started="when.began"))
    assert found.extra == {"when": {"weather": "rain"}}
    assert codes(found) == ["unknown-field"]


def test_one_name_may_fill_two_fields() -> None:
    found = shaped("company: Acme", mapping(title="company", organization="company"))
    assert found.data == {"title": "Acme", "organization": "Acme"}


def test_fields_of_ones_own_are_kept_as_they_are() -> None:
    found = shaped("title: x\ncost: {centre: [1, 2]}")
    assert found.extra == {"cost": {"centre": ["1", "2"]}}
    assert found.notes == [("unknown-field", ("cost",), "`cost` is kept and shown as it is", "")]


def test_nothing_of_the_record_itself_can_be_set_by_a_field() -> None:
    found = shaped("path: /etc/passwd\nroot: /\nbody: x\ndigest: y\nextra: {a: b}\nreferences: [c]\nattachments: [d]")
    assert found.data == {}
    assert set(found.extra) == {"path", "root", "body", "digest", "extra", "references", "attachments"}


def test_one_value_may_stand_for_a_list_of_one() -> None:
    assert shaped("services: web").data["services"] == ["web"]


def test_text_fills_the_field_that_a_mapping_is_mostly_about() -> None:
    found = shaped("actions: [write a test]\ndetection: alert\nlessons: it rained\nimpact: {summary: none}")
    assert found.data["actions"] == [{"title": "write a test"}]
    assert found.data["detection"] == {"method": "alert"}
    assert found.data["lessons"] == {"went_badly": ["it rained"]}
    assert found.data["impact"] == {"summary": "none"}


def test_empty_values_are_left_out() -> None:
    found = shaped("title:\nservices: ['', web, ~]\nactions:\n- {title: x, owner: ''}\n- {}\ndetection: {method: ''}")
    assert found.data == {"services": ["web"], "actions": [{"title": "x"}]}


@pytest.mark.parametrize("written", ["Config push", "config-push", "CONFIG_PUSH"])
def test_words_are_written_alike(written: str) -> None:
    found = shaped(f"trigger: {written}")
    assert found.data["trigger"] == "config_push"
    assert found.notes == []


def test_a_word_is_translated() -> None:
    config = Config.model_validate({"words": {"causes": {"Bad Config": "misconfiguration"}}})
    found = shaped("causes: [bad-config, hardware]", config)
    assert found.data["causes"] == ["misconfiguration", "hardware"]
    assert found.notes == []


def test_a_word_outside_its_list_is_kept_as_it_was_written() -> None:
    found = shaped("trigger: Solar Flare")
    assert found.data["trigger"] == "Solar Flare"
    assert codes(found) == ["unknown-word"]


def test_a_word_that_is_nearly_one_of_its_list_is_offered_that() -> None:
    found = shaped("actions: [{title: x, status: dine}]")
    assert found.notes == [("unknown-word", ("actions", 0, "status"), "`dine` is not in the list action_status", "")]
    found = shaped("status: publishd")
    assert found.notes == [
        ("misspelt-word", ("status",), "`publishd` is not in the list status", "did you mean `published`?")
    ]


def test_a_list_without_words_takes_any() -> None:
    found = shaped("services: [Anything At All]")
    assert found.data["services"] == ["Anything At All"]
    assert found.notes == []


def test_a_misspelt_field_is_offered_the_nearest_name() -> None:
    found = shaped("sevrity: sev1\nactions: [{ownr: me}]")
    assert found.notes == [
        ("misspelt-field", ("sevrity",), "there is no field `sevrity`", "did you mean `severity`?"),
        ("misspelt-field", ("actions", 0, "ownr"), "there is no field `ownr`", "did you mean `owner`?"),
    ]


def test_a_time_without_an_offset_is_noted_unless_a_zone_is_set() -> None:
    fields = "started: 2024-01-01 10:00\ntimeline: [{at: 2024-01-01 11:00}]"
    assert [(code, path) for code, path, *_ in shaped(fields).notes] == [
        ("naive-time", ("started",)),
        ("naive-time", ("timeline", 0, "at")),
    ]
    assert shaped(fields, Config.model_validate({"time": {"zone": "UTC"}})).notes == []


@pytest.mark.parametrize("url", ["javascript:x", "data:text/html,x", "file:///etc/passwd", "ftp://example.com"])
def test_a_source_is_an_address_of_the_web_or_a_title(url: str) -> None:
    found = shaped(f"sources: ['{url}']")
    assert found.data["sources"] == [{"title": url}]
    assert codes(found) == ["unsafe-link"]


def test_a_source_without_an_address_is_a_title() -> None:
    found = shaped("sources: [A book, {url: page 12, title: Another}]")
    assert found.data["sources"] == [{"title": "A book"}, {"title": "Another page 12"}]
    assert found.notes == []


def test_a_line_is_that_of_the_nearest_thing_that_holds_a_value() -> None:
    found = shaped("title: x\nactions:\n- title: y")
    assert found.line(("actions", 0, "title")) == 4
    assert found.line(("actions", 0, "owner")) == 4
    assert found.line(("actions", 7)) == 3
    assert found.line(("severity",)) == 1


def test_prose_with_references_is_gathered_with_its_place() -> None:
    found = shaped(
        "title: '[[no]]'\nsummary: see [[a]]\nfive_whys: [because, 'of [[b]]']\ntimeline: [{event: 'as in [[c]]', by: '[[no]]'}]"
    )
    assert [path for _, path in found.prose] == [("summary",), ("timeline", 0, "event"), ("five_whys", 1)]


def test_a_mapped_field_that_no_record_has_is_refused() -> None:
    with pytest.raises(KbError) as caught:
        refuse_unknown_names(mapping(startd="start"))
    assert (
        str(caught.value)
        == "kb.toml: `fields.postmortem.startd`: a postmortem has no field `startd`\ndid you mean `started`?"
    )


def test_a_list_of_thousands_takes_no_longer_than_its_length() -> None:
    found = shaped("tags: [" + "a, " * 19_000 + "]")
    assert len(found.data["tags"]) == 19_000
    assert found.line(("tags", 18_999)) == 2
