"""Charts: nothing but shapes and escaped text comes out of the renderer, and each says what it shows and what it leaves out."""

import re
from datetime import date
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.pages.charts.actions import ages, survival
from kb.pages.charts.chart import MOST_DOTS, MOST_QUARTERS, NARROW, WIDE, labels, left_out, percent, shown
from kb.pages.charts.draw import draw, sized
from kb.pages.charts.durations import Told, frame, lengths
from kb.pages.charts.quarters import Series, counted, flows
from kb.pages.charts.sentences import (
    compared,
    could_show,
    counts_said,
    durations_said,
    headline,
    reports_said,
    survival_said,
)
from kb.pages.charts.shares import bars, shared
from kb.trends.model import (
    Age,
    Count,
    Counts,
    Dot,
    Durations,
    Power,
    Quantile,
    Ratio,
    Reports,
    Share,
    Shares,
    Step,
    Work,
)
from kb.trends.quarter import Quarter, quarters

HOSTILE = '<script>alert("1")</script> & "quoted" \x00\x1b[31m ]]> --> \u202e \ud800'
LONG = "the service that " * 60
DRAWN = {"svg", "title", "desc", "g", "path", "line", "rect", "text"}


def drawing(spec: object, width: int = NARROW, title: str = "What?", description: str = "It.") -> ElementTree.Element:
    assert spec is not None
    return ElementTree.fromstring(draw(spec, width, "here", title, description))


def texts(root: ElementTree.Element) -> list[str]:
    return [one.text or "" for one in root.iter("text")]


def some_bars(*names: str) -> object:
    return bars("b", "What?", "So.", (), [(name, 3, "var(--kb-sev3)") for name in names], ("", "n"), "Nothing.").spec


def work(**fields: object) -> Work:
    empty = {"states": (), "flow": (), "undated": 0, "steps": (), "measured": 0, "median": None}
    return Work(**{**empty, "by_owner": (), "by_kind": (), "overdue": (), "unverified": (), **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name", [HOSTILE, LONG, "'); alert(1); ('", "{{ 7 * 7 }}", "datum.n", "a\nb", "", "中文标题", "🔥" * 40]
)
@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_whatever_a_record_says_is_text_in_the_drawing(name: str, width: int) -> None:
    root = drawing(some_bars(name, "harmless"), width, title=shown(name) or "x", description=shown(name))
    assert {one.tag for one in root.iter()} <= DRAWN
    assert not any(key.startswith("on") or "href" in key for one in root.iter() for key in one.attrib)
    assert "harmless" in texts(root)


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_any_two_names_have_a_row_each(one: str, other: str) -> None:
    root = drawing(some_bars(one, other))
    assert {element.tag for element in root.iter()} <= DRAWN
    assert texts(root).count("3") >= 2


def test_names_that_look_the_same_when_they_are_cut_stay_apart() -> None:
    assert labels(["x" * 60 + "1", "x" * 60 + "2", "", "unknown"]) == [
        "x" * 47 + "…",
        "x" * 47 + "… (2)",
        "unknown",
        "unknown (2)",
    ]


def test_a_drawing_reads_aloud_and_has_ids_of_its_own() -> None:
    root = drawing(some_bars("a"), title='Are "we" <better>?', description="3 & more")
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-labelledby"] == "here-title here-desc"
    assert root.findtext("title") == 'Are "we" <better>?'
    assert root.findtext("desc") == "3 & more"
    assert [one.attrib["id"] for one in root.iter() if "id" in one.attrib] == ["here-title", "here-desc"]


def test_colours_follow_the_style_sheet() -> None:
    root = drawing(some_bars("a", "b"))
    colours = {one.attrib[key] for one in root.iter() for key in ("fill", "stroke") if key in one.attrib}
    assert colours - {"none"} == {colour for colour in colours if colour.startswith("var(--kb-")}


def test_the_same_chart_is_the_same_bytes() -> None:
    spec = some_bars("a", "b")
    assert draw(spec, WIDE, "x", "t", "d") == draw(spec, WIDE, "x", "t", "d")


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("name", ["a", LONG])
def test_a_drawing_has_the_width_that_was_asked_for(name: str, width: int) -> None:
    assert abs(float(drawing(some_bars(name), width).attrib["width"]) - width) <= 1


def test_a_specification_asks_nobody_for_data() -> None:
    assert "url" not in str(sized(some_bars(HOSTILE), NARROW))


def quarter_numbers(number: int) -> list[Quarter]:
    return list(quarters([date(1990, 1, 1), date(2090, 1, 1)]))[:number]


def flow(number: int, *up: int) -> object:
    series = [Series("up", "var(--kb-sev3)", tuple(up)), Series("down", "var(--kb-sev1)", (1,) * number, is_down=True)]
    return flows("f", "What?", "So.", (), quarter_numbers(number), series, "Nothing.")


def test_up_and_down_are_told_apart_by_their_side_and_numbers_have_no_sign() -> None:
    chart = flow(3, 2, 0, 1)
    root = drawing(chart.spec)
    assert {"1990-Q1", "1990-Q2", "1990-Q3", "0", "1", "2"} == set(texts(root))
    assert [key.text for key in chart.keys] == ["up (up)", "down (down)"]
    assert chart.table.rows[0] == ("1990-Q3", "1", "1")


def test_many_quarters_show_the_last_twenty_years_and_say_so() -> None:
    chart = flow(100, *range(100))
    assert len(chart.table.rows) == MOST_QUARTERS
    assert "20 earlier quarters are left out" in chart.table.note
    named = [text for text in texts(drawing(chart.spec)) if re.fullmatch(r"\d{4}", text)]
    assert 2 <= len(named) <= 8


@pytest.mark.parametrize("most", [1, 2, 7, 12, 99, 1_234, 10_000, 2_000_000])
def test_numbers_along_the_side_are_few_whole_and_there(most: int) -> None:
    numbers = [text for text in texts(drawing(flow(2, most, 0).spec)) if re.fullmatch(r"[\d,]+", text)]
    assert "0" in numbers
    assert 2 <= len(numbers) <= 6


def test_where_nothing_was_counted_nothing_is_drawn_and_the_chart_says_what_would() -> None:
    chart = flows("f", "What?", "So.", (), quarter_numbers(2), [Series("up", "x", (0, 0))], "Nothing.")
    assert (chart.spec, chart.empty, chart.table.rows) == (None, "Nothing.", ())


def counts(*numbers: int, over: bool = True, **fields: object) -> Counts:
    found = tuple(
        Count(quarter, number, over or place < len(numbers) - 1)
        for place, (quarter, number) in enumerate(zip(quarter_numbers(len(numbers)), numbers, strict=True))
    )
    empty = {"undated": 0, "mean": None, "low": None, "high": None, "dispersion": None, "uneven": False, "change": None}
    return Counts(found, **{**empty, **fields})  # type: ignore[arg-type]


def test_counts_tell_which_quarters_leave_the_band_and_which_are_not_over() -> None:
    chart = counted(counts(9, 4, 0, 2, over=False, mean=4.3, low=1, high=8), ())
    assert [row[1:] for row in chart.table.rows] == [
        ("2", "not over"),
        ("0", "below the band"),
        ("4", ""),
        ("9", "above the band"),
    ]
    assert drawing(chart.spec).tag == "svg"


@pytest.mark.parametrize(
    "made", [counts(), counts(0), counts(3), counts(3, over=False), counts(0, 0, mean=0.0, low=0, high=0)]
)
def test_few_counts_are_a_chart_or_a_lesson(made: Counts) -> None:
    chart = counted(made, counts_said(made))
    assert (chart.spec is None) == (not made.quarters)
    assert chart.spec is None or drawing(chart.spec).tag == "svg"


def share(word: str, part: float, published: float | None = None) -> Share:
    return Share(word, 3, part, max(0, part - 0.1), min(1, part + 0.1), published)


def test_shares_stand_beside_what_was_published_and_unknown_is_said() -> None:
    made = Shares("cause", 12, 5, (share("code_change", 0.6, 0.13), share("own", 0.5)), "ISSRE 2022")
    chart = shared("causes", "What?", made, "Nothing.", {"code_change": "causes/code-change"})
    assert chart.table.head[-1] == "Published"
    assert [row[0] for row in chart.table.rows] == ["code change", "own"]
    assert chart.table.lines[0][0] == "causes/code-change"
    assert [row[-1] for row in chart.table.rows] == ["13\u00a0%", ""]
    assert chart.said == (
        "12 incidents say it, 5 do not. One may name several, so the shares add up to more than 100 %.",
    )
    assert {"code change", "own"} <= set(texts(drawing(chart.spec)))


def test_without_a_published_share_there_is_no_column_for_it() -> None:
    chart = shared("d", "What?", Shares("detection", 4, 0, (share("alert", 0.5),), ""), "Nothing.")
    assert "Published" not in chart.table.head
    assert [key.text for key in chart.keys] == ["here"]
    assert shared("d", "What?", Shares("detection", 0, 4, (), ""), "Nothing.").spec is None


def test_many_words_are_drawn_in_part_and_the_table_says_how_many_it_leaves_out() -> None:
    made = Shares("cause", 90, 0, tuple(share(f"w{n}", 0.01) for n in range(80)), "")
    chart = shared("causes", "What?", made, "Nothing.")
    assert len([text for text in texts(drawing(chart.spec)) if text.startswith("w")]) == 12
    assert chart.table.note.startswith("20 more are left out")
    assert left_out(60, 60) == ""


def told(number: int, severity: str = "sev1", title: str = "A title") -> dict[str, Told]:
    return {
        f"i{n}": Told(date(2020, 1, 1 + n % 28), severity, title, f"incidents/i{n}", f"../incidents/i{n}/")
        for n in range(number)
    }


def measured(*seconds: float, quantiles: tuple[Quantile, ...] = (), **fields: object) -> Durations:
    dots = tuple(Dot(f"i{n}", one) for n, one in enumerate(seconds))
    return Durations(
        "resolve", dots, **{"unknown": 0, "impossible": 0, "quantiles": quantiles, "change": None, **fields}
    )  # type: ignore[arg-type]


def chart_of(made: Durations, **fields: str) -> object:
    about = told(len(made.dots), **fields)
    return lengths("How long?", made, about, frame([made], about), durations_said(made))


@pytest.mark.parametrize("severity", ["sev1", "sev2", "sev3", "sev4", "sev5", "unknown"])
def test_each_severity_has_its_shape_and_colour(severity: str) -> None:
    root = drawing(chart_of(measured(60, 7200), severity=severity).spec)
    other = drawing(chart_of(measured(60, 7200), severity="sev1").spec)
    shapes = [sorted(one.attrib.get("d", "") for one in tree.iter("path")) for tree in (root, other)]
    assert (shapes[0] == shapes[1]) == (severity == "sev1")


@pytest.mark.parametrize("seconds", [(0,), (0.2, 0), (30 * 86400,), (1, 10**9), (60,) * 5])
def test_any_length_has_a_place_on_the_axis(seconds: tuple[float, ...]) -> None:
    root = drawing(chart_of(measured(*seconds)).spec)
    assert "NaN" not in ElementTree.tostring(root, encoding="unicode")
    assert len(list(root.iter("path"))) >= len(seconds)


def test_what_took_no_time_is_said_to_stand_at_one_second() -> None:
    assert "stands at 1 s" in chart_of(measured(0, 60)).how
    assert "stands at 1 s" not in chart_of(measured(1, 60)).how


def test_of_very_many_incidents_some_are_drawn_evenly_and_the_chart_says_so() -> None:
    chart = chart_of(measured(*range(1, MOST_DOTS * 3 + 2)))
    assert chart.how == "A sign is an incident; one in 4 of 1,801 is drawn, evenly through time."
    assert len(chart.table.rows) == 20
    assert len(draw(chart.spec, NARROW, "x", "t", "d")) < 90_000


def test_the_numbers_of_lengths_are_the_quantiles_and_the_longest() -> None:
    chart = chart_of(measured(60, 7200, quantiles=(Quantile(0.5, 3600, 60, 7200),)))
    assert chart.table.lines == [
        ("", ("half (median)", "1 h", "1 min to 2 h")),
        ("incidents/i1", ("A title", "2 h", "")),
        ("incidents/i0", ("A title", "1 min", "")),
    ]


def test_no_length_known_is_a_lesson() -> None:
    made = measured(unknown=9, impossible=1)
    chart = lengths("How long?", made, {}, frame([made], {}), durations_said(made))
    assert chart.spec is None
    assert "`resolved`" in chart.empty
    assert chart.said == ("0 known, 9 unknown, of which 1 ends before the start.",)


def test_the_curve_of_open_actions_has_its_steps_as_numbers() -> None:
    steps = tuple(Step(days, 1 - days / 200, 0.5, 0.99, 100 - days) for days in range(1, 100))
    chart = survival(work(steps=steps, measured=100), ())
    assert drawing(chart.spec).tag == "svg"
    assert chart.table.rows[0] == ("1 day", "100\u00a0%", "50 to 99\u00a0%", "99")
    assert chart.table.rows[-1][0] == "99 days"
    assert len(chart.table.rows) <= 61
    assert survival(work(), ()).spec is None


def test_ages_have_a_row_for_each_owner_the_one_with_most_first() -> None:
    chart = ages("owners", "Who?", [Age("", (3,), 0), Age("a", (400, 2), 1)], "Nothing is open.")
    assert chart.table.rows == (("a", "3", "13 months", "13 months", "1"), ("unknown", "1", "3 days", "3 days", "0"))
    assert chart.said == ("4 actions are open, 1 of them on an unknown day.",)
    assert {"a", "unknown"} <= set(texts(drawing(chart.spec)))


def test_open_actions_of_unknown_age_are_counted_and_not_drawn() -> None:
    chart = ages("owners", "Who?", [Age("a", (), 2)], "Nothing is open.")
    assert chart.spec is None
    assert chart.table.rows == (("a", "2", "", "", "2"),)
    assert "opened" in chart.empty
    assert ages("owners", "Who?", [], "Nothing is open.").empty == "Nothing is open."


@pytest.mark.parametrize(
    ("counted_ones", "power", "said"),
    [
        (counts(), Power(1, 0, None), "No incident is on record yet: nothing can be told."),
        (
            counts(undated=2),
            Power(1, 0, None),
            "2 incidents are on record, none with a known start: nothing can be told.",
        ),
        (counts(3, over=False), Power(1, 3, None), "3 incidents so far, and no quarter is over: too few to say."),
        (
            counts(1, 18),
            Power(10, 4, None),
            "18 incidents in 1990-Q2. How long they took is known of 4: too few to say what could show.",
        ),
    ],
)
def test_the_plain_sentence_says_how_little_a_few_can_tell(counted_ones: Counts, power: Power, said: str) -> None:
    assert headline(counted_ones, power) == said


def test_the_power_note_names_the_smallest_improvement_that_could_show() -> None:
    assert "only incidents that are 45\u00a0% shorter or more could show" in could_show(Power(18, 90, 0.45))
    assert "however large" in could_show(Power(1, 90, None))


@pytest.mark.parametrize(
    ("ratio", "said"),
    [
        (Ratio(0.7, 0.55, 0.9), "30 % fewer (95 % interval: 45 % fewer to 10 % fewer)"),
        (Ratio(1.3, 1.1, 12), "30 % more (95 % interval: 10 % more to 12-fold)"),
        (
            Ratio(0.8, 0.5, 1.2),
            "no change that these data can tell from chance (95 % interval: 50 % fewer to 20 % more)",
        ),
        (
            Ratio(1, 0, float("inf")),
            "no change that these data can tell from chance (95 % interval: 100 % fewer to without limit more)",
        ),
    ],
)
def test_a_change_is_called_one_only_where_the_interval_leaves_the_same_out(ratio: Ratio, said: str) -> None:
    assert compared(ratio, "fewer", "more").replace("\u00a0", " ") == said


def test_a_share_that_is_not_nothing_is_never_nought() -> None:
    assert [percent(part).replace("\u00a0", " ") for part in (0, 0.001, 0.31, 1)] == ["0 %", "< 1 %", "31 %", "100 %"]


def test_what_is_known_of_none_is_said_in_words() -> None:
    assert survival_said(work()) == ()
    assert survival_said(work(states=(("done", 3),))) == ("Measured on 0 actions of 3.",)
    assert reports_said(Reports(0, 0, ())) == ()
    assert reports_said(Reports(1, 2, ()))[1] == "How long they took to write is known of none."
