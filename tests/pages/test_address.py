import pytest

import kb
from kb.catalogue.catalogue import Topic
from kb.pages.address import Style, alias_uri, file_uri, nth, record_uri, segment, topic_uri

from .made import incident, learning, playbook


def test_a_records_address_is_its_kind_and_its_id() -> None:
    assert record_uri(incident("2026-01-01 Störung")) == "incidents/2026-01-01-storung"
    assert record_uri(playbook("Drain")) == "playbooks/drain"
    assert record_uri(learning("x")) == "learnings/x"


def test_an_alias_lies_where_the_record_would() -> None:
    assert alias_uri(incident(), "INC 17") == "incidents/inc-17"


@pytest.mark.parametrize(
    ("kind", "uri"),
    [("service", "services/s3"), ("team", "teams/s3"), ("cause", "causes/s3"), ("organization", "organizations/s3")],
)
def test_a_topics_address_is_its_kind_and_its_slug(kind: str, uri: str) -> None:
    assert topic_uri(Topic(kind, "s3", "S3", ())) == uri


@pytest.mark.parametrize("name", ["index", "Index", "page-2", "Page 12"])
def test_no_record_or_topic_lies_where_a_list_does(name: str) -> None:
    assert segment(name).endswith("-")
    assert record_uri(incident(name)) not in ("incidents/index", *(nth("incidents/index", n) for n in range(2, 20)))


@pytest.mark.parametrize("name", ["indexes", "page", "page-two", "my-page-2", "a.b"])
def test_any_other_name_is_its_slug(name: str) -> None:
    assert segment(name) == name


def test_a_long_name_is_cut_to_what_a_file_may_be_called_and_stays_one_of_its_own() -> None:
    first, second = segment("データベース" * 200 + "a"), segment("データベース" * 200 + "b")
    assert first != second
    assert first == segment("データベース" * 200 + "a")
    assert 150 < len(first.encode()) <= 200
    assert first.startswith("データベース")


def test_an_attachment_stays_below_files() -> None:
    assert file_uri("postmortems/a.png") == "files/postmortems/a.png"
    assert file_uri("../../elsewhere/a.png") == "files/elsewhere/a.png"


def test_the_first_part_of_a_list_is_the_list() -> None:
    assert [nth("incidents/index", n) for n in (1, 2, 10)] == [
        "incidents/index",
        "incidents/page-2",
        "incidents/page-10",
    ]
    assert [nth("services/s3", n) for n in (1, 2)] == ["services/s3", "services/s3/page-2"]


@pytest.mark.parametrize(
    ("uri", "folder", "file"),
    [
        ("index", ("", "./"), ("index.html", "./")),
        ("about", ("about/", "../"), ("about.html", "./")),
        ("incidents/index", ("incidents/", "../"), ("incidents/index.html", "../")),
        ("incidents/a", ("incidents/a/", "../../"), ("incidents/a.html", "../")),
        ("services/a/page-2", ("services/a/page-2/", "../../../"), ("services/a/page-2.html", "../../")),
        ("incidents/reindex", ("incidents/reindex/", "../../"), ("incidents/reindex.html", "../")),
    ],
)
def test_an_address_and_the_way_back_from_it(uri: str, folder: tuple[str, str], file: tuple[str, str]) -> None:
    assert (Style().url(uri), Style().top(uri)) == folder
    assert (Style(directories=False).url(uri), Style(directories=False).top(uri)) == file


def test_public_style_has_folders() -> None:
    assert kb.Style().directories is True
