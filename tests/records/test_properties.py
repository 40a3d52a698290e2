"""What holds for any input. The examples are the same in every run; `HYPOTHESIS_SEED` in the environment draws others."""

import os
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

import kb
from kb.config import Config
from kb.finding import CODES, Level
from kb.records.prose import ids_in, links_in, mask_code, unsafe_html
from kb.records.read import Found, read_file
from kb.records.time import Moment, parse_moment
from kb.text import fold, slug, word

_DRAWN = os.environ.get("HYPOTHESIS_SEED")


def _any(**strategies: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        found = settings(deadline=None, database=None, derandomize=_DRAWN is None, max_examples=100)(
            given(**strategies)(test)
        )
        return found if _DRAWN is None else seed(int(_DRAWN))(found)

    return decorate


# Text that means something to one of the readers, mixed with any other.
_TOKENS = st.sampled_from(
    [
        *"--- \n \n\n \r\n \t : - ? , [ ] [[ ]] { } # &a *a ! \" ' | > ~ < > </ ]( ) ( ![ ` `` ``` ~~~ \\ $ % 0".split(
            " "
        ),
        *"!!str null <script <a\nhref= <img\nsrc= onx= javascript: data: https://a.example &colon; <!-- --> {{<\nref >}}".split(
            " "
        ),
        *"\\x00 \\u202e \ufeff \u2028 \x85 \u202e é 日本 🔥 \u0301 title started services actions id 2024-01-01 24:00".split(
            " "
        ),
        *"2024-01-01T10:00Z a#b ../ .png .md %00 --- - ---".split(" "),
        *(" ", "    ", ": ", "- ", " #", "> ", "# "),
    ]
)
_TEXT = st.lists(st.one_of(_TOKENS, st.text(max_size=3)), max_size=25).map("".join)
_NAMES = st.sampled_from(
    "id title services severity started resolved near_miss timeline actions playbooks fishbone lessons sources own".split()
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("any")
    (found / "postmortems").mkdir()
    return found


def _read(folder: Path, data: bytes) -> None:
    """Read any bytes: there is a record, or an error that says where; and it does not take long."""
    (folder / "postmortems" / "a.md").write_bytes(data)
    began = process_time()
    record, findings = read_file(folder, Found("postmortem", "postmortems/a.md", "postmortems"), Config())
    assert process_time() - began < 2
    assert (record is None) == any(f.level is Level.ERROR for f in findings)
    lines = len(re.split(rb"\r\n|\r|\n", data))
    for finding in findings:
        assert finding.code in CODES
        assert finding.message
        assert finding.line is None or 1 <= finding.line <= lines
    if record is not None:
        assert record.id
        assert record.title
        assert all(1 <= (reference.line or 1) <= lines for reference in record.references)
        record.model_dump_json()


@_any(data=st.binary(max_size=400))
def test_any_bytes_are_a_record_or_a_finding(folder: Path, data: bytes) -> None:
    _read(folder, data)


@_any(data=st.binary(max_size=200))
def test_any_bytes_between_fences_are_a_record_or_a_finding(folder: Path, data: bytes) -> None:
    _read(folder, b"---\n" + data + b"\n---\n" + data)


@_any(fields=_TEXT, body=_TEXT)
def test_any_text_is_a_record_or_a_finding(folder: Path, fields: str, body: str) -> None:
    _read(folder, f"---\n{fields}\n---\n{body}".encode("utf-8", "replace"))


@_any(values=st.dictionaries(_NAMES, _TEXT, max_size=6))
def test_any_value_of_any_field_is_a_record_or_a_finding(folder: Path, values: dict[str, str]) -> None:
    fields = "\n".join(f"{name}: {value}" for name, value in values.items())
    _read(folder, f"---\n{fields}\n---\n".encode("utf-8", "replace"))


_SHAPES = st.recursive(
    st.one_of(_TOKENS, st.none()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=3),
)


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_flow(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return "~" if value is None else "'" + re.sub(r"\s", " ", value).replace("'", "''") + "'"


@_any(values=st.dictionaries(_NAMES, _SHAPES, max_size=6))
def test_any_shape_of_any_field_is_a_record_or_a_finding(folder: Path, values: dict[str, Any]) -> None:
    fields = "\n".join(f"{name}: {_flow(value)}" for name, value in values.items())
    _read(folder, f"---\n{fields}\n---\n".encode())


@_any(text=_TEXT)
def test_any_text_loads_whatever_it_refers_to(folder: Path, text: str) -> None:
    (folder / "kb.toml").write_text("")
    (folder / "postmortems" / "a.md").write_bytes(f"---\ntitle: x\n---\n{text}".encode("utf-8", "replace"))
    catalogue = kb.load(folder, today=date(2024, 6, 1))
    assert set(catalogue.records) <= {"a"}
    assert catalogue.links == ()


@_any(text=_TEXT)
def test_masking_code_keeps_every_line_in_its_place(text: str) -> None:
    masked = mask_code(text)
    assert masked.count("\n") == text.count("\n")
    assert all(len(mine) <= len(theirs) for mine, theirs in zip(masked.split("\n"), text.split("\n"), strict=True))
    assert not set(masked) - set(text) - {" "}


@_any(text=_TEXT)
def test_what_is_found_in_a_text_lies_on_its_lines(text: str) -> None:
    last = text.count("\n")
    assert all(0 <= line <= last for _, line in (*ids_in(text), *unsafe_html(text)))
    assert all(0 <= link.line <= last for link in links_in(text))


@_any(text=st.text())
def test_a_slug_is_an_address_and_its_own_slug(text: str) -> None:
    found = slug(text)
    assert found
    assert slug(found) == found
    assert not set(found) & set("/\\?#%&\"'<> \n\t\0_")
    assert found not in (".", "..")


@_any(text=st.text())
def test_folding_and_words_settle_at_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert word(word(text)) == word(text)


_ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@_any(at=st.datetimes(datetime(1001, 1, 1), datetime(8999, 12, 31), timezones=_ZONES))
def test_a_moment_is_read_as_it_is_said(at: datetime) -> None:
    moment = Moment(at)
    assert parse_moment(str(moment)) == moment
    assert str(parse_moment(str(moment))) == str(moment)
    assert parse_moment(str(moment)).at.utcoffset() == at.utcoffset()


@_any(day=st.dates(date(1000, 1, 1), date(9000, 12, 31)))
def test_a_day_is_read_as_it_is_said(day: date) -> None:
    moment = parse_moment(day.isoformat())
    assert (moment.day, moment.exact, str(moment)) == (day, False, day.isoformat())


@_any(
    text=st.one_of(
        st.text(max_size=30),
        st.from_regex(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?)?", fullmatch=True),
    )
)
def test_any_other_text_is_no_moment(text: str) -> None:
    try:
        moment = parse_moment(text)
    except ValueError:
        return
    assert parse_moment(str(moment)) == moment
