"""Times as exports spell them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.formats.times import utc

NOON = datetime(2016, 6, 3, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "naive"),
    [
        ("2016-06-03T12:00:00Z", False),
        ("2016-06-03T14:00:00+02:00", False),
        ("2016-06-03 12:00:00+0000", False),
        ("2016-06-03T12:00:00.000Z", False),
        ("2016-06-03 12:00:00 UTC", False),
        ("2016-06-03T12:00", True),
        ("2016-06-03 12:00:00", True),
        ("20160603T120000Z", False),
        ("Fri, 03 Jun 2016 12:00:00 GMT", False),
        ("Fri, 3 Jun 2016 14:00:00 +0200", False),
        ("Fri Jun 03 12:00:00 +0000 2016", False),
        ("June 3, 2016 at 12:00 pm", True),
        ("Jun 3, 2016, 12:00 PM", True),
        ("June 3rd, 2016 at 12:00", True),
        ("3 June 2016 at 12:00", True),
        ("3. June 2016 12:00", True),
        ("2016/06/03 12:00", True),
        ("03.06.2016 12:00", True),
        (" 2016-06-03T12:00:00Z ", False),
        (1464955200, False),
        (1464955200.0, False),
        ("1464955200", False),
        (1464955200_000, False),
        ("1464955200000", False),
        (1464955200_000_000, False),
        (1464955200_000_000_000, False),
        (datetime(2016, 6, 3, 12, 0), True),
        (datetime(2016, 6, 3, 7, 0, tzinfo=timezone(timedelta(hours=-5))), False),
    ],
)
def test_every_usual_spelling_is_the_same_moment(value: object, naive: bool) -> None:
    assert utc(value) == (NOON, naive)


@pytest.mark.parametrize(
    "value",
    [None, "", "yesterday", "03/04/2016", "2016-13-45", "12:00", True, [], b"2016", "9" * 5000,
     1e300, float("nan"), float("inf"), 10**40, "0000-00-00 00:00:00", "²0160603",
     "Fri, 99 Jun 2016 99:00:00 GMT", datetime.max.replace(tzinfo=timezone(timedelta(hours=-5)))],
)  # fmt: skip
def test_what_cannot_be_known_is_missing(value: object) -> None:
    assert utc(value) == (None, False)


@given(st.text(max_size=80) | st.floats() | st.integers() | st.datetimes())
def test_nothing_is_raised(value: object) -> None:
    moment, _ = utc(value)
    assert moment is None or moment.tzinfo is UTC


@given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)))
def test_iso_times_come_back(moment: datetime) -> None:
    assert utc(moment.isoformat()) == (moment, False)
