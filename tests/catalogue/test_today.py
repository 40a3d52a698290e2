from datetime import UTC, date, datetime

import pytest

from kb.catalogue.today import today_of
from kb.errors import KbError


@pytest.fixture(autouse=True)
def _without_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)


def test_the_day_that_is_given_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert today_of(date(2024, 1, 1)) == date(2024, 1, 1)


@pytest.mark.parametrize(
    ("epoch", "day"), [("0", date(1970, 1, 1)), ("1704067199", date(2023, 12, 31)), ("1704067200", date(2024, 1, 1))]
)
def test_then_comes_the_epoch_in_utc(monkeypatch: pytest.MonkeyPatch, epoch: str, day: date) -> None:
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    assert today_of() == day


def test_then_comes_the_clock() -> None:
    before = datetime.now(UTC).date()
    assert before <= today_of() <= datetime.now(UTC).date()


@pytest.mark.parametrize("epoch", ["", "today", "1e9", "12.5", "9" * 30])
def test_an_epoch_that_is_no_number_is_named(monkeypatch: pytest.MonkeyPatch, epoch: str) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    with pytest.raises(KbError, match=r"SOURCE_DATE_EPOCH is `.*`, which is no number"):
        today_of()
