import itertools
import re
from datetime import date
from xml.etree import ElementTree

import pytest

from kb.pages.strip import Strip, along, by_quarter, by_year, last_year, sign
from kb.trends.quarter import Quarter

from .made import incident


def days(*days: str, **fields: str) -> list:
    return [incident(f"i{number}", started=day, **fields) for number, day in enumerate(days)]


def marks(strip: Strip) -> list[str]:
    return re.findall(r"kb-sign--(\w+)", strip.svg)


def test_every_year_from_the_first_to_the_last_has_a_column() -> None:
    strip = by_year(days("2019-05-01", "2022-01-01", "2022-12-31"))
    assert strip.columns == (("2019", 1), ("2020", 0), ("2021", 0), ("2022", 2))
    assert len(marks(strip)) == 3


def test_incidents_without_a_start_are_left_out() -> None:
    assert by_year([incident(), *days("2020-01-01")]).columns == (("2020", 1),)


def test_a_strip_runs_along_the_time_of_others() -> None:
    strip = along(days("2020-05-01", "2020-07-01"), days("2018-01-01", "2020-05-01", "2021-12-31"))
    assert strip.columns == (("2018", 0), ("2019", 0), ("2020", 2), ("2021", 0))


@pytest.mark.parametrize(
    ("first", "last", "columns"),
    [("2024-02-29", "2026-01-01", 24), ("2024-01-31", "2026-01-01", 3), ("2026-01-01", "2026-01-31", 1)],
)
def test_a_strip_of_two_years_or_less_has_a_column_for_each_month(first: str, last: str, columns: int) -> None:
    both = days(first, last)
    strip = along(both, both)
    assert len(strip.columns) == columns
    assert sum(number for _, number in strip.columns) == 2
    assert ("by month" in strip.svg) == (columns != 3)


@pytest.mark.parametrize(
    "strip",
    [by_year([]), by_year([incident()]), last_year([], date(2026, 6, 15)), along([incident()], days("2020-01-01"))],
)
def test_nothing_to_draw_is_no_drawing(strip: Strip) -> None:
    assert strip.svg == ""
    assert sum(number for _, number in strip.columns) == 0


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [
        (date(2026, 6, 15), "2025-07", "2026-06"),
        (date(2026, 1, 31), "2025-02", "2026-01"),
        (date(2025, 12, 1), "2025-01", "2025-12"),
    ],
)
def test_the_last_year_has_twelve_months_and_ends_with_this_one(today: date, first: str, last: str) -> None:
    labels = [label for label, _ in last_year(days(today.isoformat()), today).columns]
    assert (len(labels), labels[0], labels[-1]) == (12, first, last)
    assert labels == sorted(labels)


def test_months_before_and_after_the_last_year_are_left_out() -> None:
    strip = last_year(days("2025-06-30", "2025-07-01", "2026-06-15", "2026-07-01"), date(2026, 6, 15))
    assert sum(number for _, number in strip.columns) == 2


def test_the_worst_stands_at_the_bottom() -> None:
    worst = [incident(name, started="2020-01-01", severity=name) for name in ("sev3", "sev1", "sev5", "sev2", "sev4")]
    assert marks(by_year([incident(started="2020-01-01", severity="odd"), *worst])) == [
        "sev1",
        "sev2",
        "sev3",
        "sev4",
        "sev5",
        "unknown",
    ]


def test_up_to_a_dozen_are_dots_and_more_are_bars() -> None:
    dots, bars = by_year(days(*["2020-01-01"] * 12)), by_year(days(*["2020-01-01"] * 13, severity="sev2"))
    assert len(marks(dots)) == 12
    assert marks(bars) == ["sev2"]
    assert 'height="144.0"' in bars.svg


def test_a_bar_is_as_tall_as_its_share_of_the_tallest() -> None:
    svg = by_year(days(*["2020-01-01"] * 20, *["2021-01-01"] * 5)).svg
    assert re.findall(r'<rect[^>]*height="([\d.]+)"', svg) == ["144.0", "36.0"]


def test_a_drawing_says_aloud_what_it_shows() -> None:
    svg = by_year(days("2019-05-01", "2021-01-01", "2021-12-31")).svg
    root = ElementTree.fromstring(svg)
    assert root.attrib["role"] == "img"
    assert root.findtext("title") == "Incidents by year: 3 incidents"
    assert root.findtext("desc") == "2019: 1; 2021: 2"


def test_labels_do_not_run_into_each_other() -> None:
    svg = by_year(days("1990-01-01", "2020-01-01")).svg
    places = [int(x) for x in re.findall(r'<text class="kb-strip-label" x="(\d+)"', svg)]
    assert min(b - a for a, b in itertools.pairwise(places)) >= 24


def test_every_severity_has_a_shape_of_its_own() -> None:
    names = ("sev1", "sev2", "sev3", "sev4", "sev5", "unknown")
    shapes = [sign(name, 10, 10).split(" class=")[0] for name in names]
    assert len(set(shapes)) == 6


@pytest.mark.parametrize("years", [1, 2, 12, 22, 40])
def test_no_label_runs_over_the_edge_or_into_the_next(years: int) -> None:
    root = ElementTree.fromstring(by_year(days("2001-06-01", f"{2000 + years}-06-01")).svg)
    places = [float(one.attrib["x"]) for one in root.iter() if one.tag.endswith("text")]
    assert places
    # Four figures of nine pixels are about 22 wide.
    assert all(later - earlier >= 22 for earlier, later in itertools.pairwise([*places, float(root.attrib["width"])]))


def test_quarters_up_to_one_have_a_column_each() -> None:
    strip = by_quarter(days("2020-12-31", "2021-01-01", "2021-09-30", "2021-10-01"), Quarter(2021, 3), 3)
    assert strip.columns == (("2021-Q1", 1), ("2021-Q2", 0), ("2021-Q3", 1))
    assert len(marks(strip)) == 2
    assert by_quarter(days("2020-12-31"), Quarter(2021, 3), 3).svg == ""
