"""Charts of shares: a dot with its interval for each word, beside what was published elsewhere; and bars of plain numbers.

Compromise: the most frequent words are drawn, the rest stands in the table.
"""

from collections.abc import Mapping, Sequence

import altair as alt

from kb.pages.charts.chart import MOST_ROWS, PERCENTS, Chart, Key, Spec, Table, between, labels, left_out, percent
from kb.pages.charts.look import ACCENT, SOFT, WARN, inline, spec
from kb.text import count, said
from kb.trends.model import Share, Shares

# What no incident says itself, as people say it.
_WORDS = {"none_named": "none was missing"}
# Pixels of a row.
ROW = 24
# Rows of a table at most.
LISTED = 60


def shared(
    name: str,
    question: str,
    shares: Shares,
    empty: str,
    uris: Mapping[str, str] | None = None,
    told: tuple[str, ...] = (),
) -> Chart:
    """Return the chart of what incidents say of one thing.

    `uris` lead to the pages of the words; `told` is said instead of how many incidents say anything.
    """
    listed = shares.shares[:LISTED]
    has_published = any(one.published is not None for one in shares.shares)
    published = (f"published ({shares.source})",) if has_published else ()
    table = Table(
        ("", "Incidents", "Share", "95 % interval", *(("Published",) if has_published else ())),
        tuple(
            (
                _word(one.word),
                f"{one.incidents:,}",
                percent(one.share),
                between(one.low, one.high),
                *_published(one, has_published),
            )
            for one in listed
        ),
        tuple((uris or {}).get(one.word, "") for one in listed),
        left_out(len(shares.shares), LISTED),
    )
    return Chart(
        name,
        question,
        "A dot is the share of the incidents that say anything, the line its 95 % interval.",
        told or (_known(shares),),
        _shared(shares) if shares.shares and shares.known else None,
        table,
        (Key("dot", ACCENT, "here"), *(Key("ring", WARN, text) for text in published)),
        empty,
    )


def _word(word: str) -> str:
    return _WORDS.get(word) or said(word)


def _known(shares: Shares) -> str:
    text = f"{count(shares.known, 'incident says', 'incidents say')} it"
    text += f", {count(shares.unknown, 'does', 'do')} not." if shares.unknown else ", that is all."
    over = sum(one.share for one in shares.shares) > 1.005
    return f"{text} One may name several, so the shares add up to more than 100 %." if over else text


def _published(one: Share, has_published: bool) -> tuple[str, ...]:
    if not has_published:
        return ()
    return ("" if one.published is None else percent(one.published),)


def _shared(shares: Shares) -> Spec:
    shown = shares.shares[:MOST_ROWS]
    rows = [
        {
            "word": label,
            "share": one.share,
            "low": one.low,
            "high": one.high,
            "published": one.published,
            "n": one.incidents,
        }
        for label, one in zip(labels([_word(one.word) for one in shown]), shown, strict=True)
    ]
    ends = [max(one.high, one.published or 0) for one in shown]
    end = min(1.0, max(ends) + 0.01)
    base = alt.Chart(inline(rows)).encode(
        y=names_on([str(row["word"]) for row in rows]),
        tooltip=[
            alt.Tooltip("word:N"),
            alt.Tooltip("n:Q", title="incidents"),
            alt.Tooltip("share:Q", format=".0%"),
            alt.Tooltip("low:Q", format=".0%"),
            alt.Tooltip("high:Q", format=".0%"),
            alt.Tooltip("published:Q", format=".0%"),
        ],
    )
    across = alt.X("low:Q", title=None, scale=alt.Scale(domain=[0, end]), axis=_percents())
    lines = base.mark_rule(color=ACCENT, strokeWidth=2, opacity=0.45).encode(x=across, x2="high:Q")
    dots = base.mark_point(filled=True, size=64, color=ACCENT, opacity=1).encode(x="share:Q")
    rings = base.mark_point(filled=False, size=58, stroke=WARN, strokeWidth=1.8, shape="diamond", opacity=1).encode(
        x="published:Q"
    )
    rings = rings.transform_filter("isValid(datum.published)")
    return spec(alt.layer(lines, rings, dots), ROW * len(rows))


def _percents() -> alt.Axis:
    return alt.Axis(labelExpr=PERCENTS, tickCount=5, grid=True)


def names_on(names: Sequence[str]) -> alt.Y:
    """Return an axis with a row for each name, in their order."""
    return alt.Y("word:N", title=None, sort=None, scale=alt.Scale(domain=list(names)))


def bars(
    name: str,
    question: str,
    how: str,
    told: tuple[str, ...],
    numbers: Sequence[tuple[str, int, str]],
    head: tuple[str, str],
    empty: str,
) -> Chart:
    """Return bars with their numbers. `numbers` are (what, how many, colour), in the order of the rows."""
    is_empty = not any(number for _, number, _ in numbers)
    rows = [(what or "unknown", f"{number:,}") for what, number, _ in numbers[:LISTED]]
    table = Table(head, () if is_empty else tuple(rows), note=left_out(len(numbers), LISTED))
    return Chart(name, question, how, told, None if is_empty else _bars(numbers[:MOST_ROWS]), table, (), empty)


def _bars(numbers: Sequence[tuple[str, int, str]]) -> Spec:
    names = labels([what for what, _, _ in numbers])
    rows = [
        {"word": label, "n": number, "colour": colour}
        for label, (_, number, colour) in zip(names, numbers, strict=True)
    ]
    base = alt.Chart(inline(rows)).encode(
        y=names_on(names), x=alt.X("n:Q", title=None, axis=None), tooltip=[alt.Tooltip("word:N"), alt.Tooltip("n:Q")]
    )
    drawn = base.mark_bar(height=13).encode(color=alt.Color("colour:N", legend=None, scale=None))
    text = base.mark_text(align="left", dx=5, color=SOFT).encode(text=alt.Text("n:Q", format=",d"))
    return spec(alt.layer(drawn, text), ROW * len(rows))
