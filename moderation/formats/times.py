"""Times as exports spell them, turned into UTC.

ISO 8601, RFC 2822, the spelling of WordPress pages ("June 3, 2016 at 4:12 pm"), and seconds,
milliseconds, microseconds or nanoseconds since 1970, told apart by size. Day and month in an order
that cannot be known ("03/04/2016") are not guessed. A time without a zone is taken as UTC, and
counted, so that the reading can say so.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PER_SECOND = ((1e11, 1), (1e14, 10**3), (1e17, 10**6), (1e20, 10**9))
_NUMBER = re.compile(r"-?\d{9,19}(\.\d{1,9})?")
_SPELLINGS = (
    "%B %d %Y %I:%M %p",
    "%b %d %Y %I:%M %p",
    "%B %d %Y %H:%M",
    "%b %d %Y %H:%M",
    "%d %B %Y %H:%M",
    "%d %b %Y %H:%M",
    "%B %d %Y",
    "%b %d %Y",
    "%d %B %Y",
    "%d %b %Y",
    "%a %b %d %H:%M:%S %z %Y",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y",
    "%Y-%m-%d %I:%M %p",
)
_FILLING = re.compile(r"[,\s]+(?:at\s+)?|\.(?=\s|$)")
_ORDINAL = re.compile(r"(?<=\d)(st|nd|rd|th)\b")


def utc(value: object) -> tuple[datetime | None, bool]:
    """A moment in UTC, and whether the source left its zone out.

    Args:
        value: Text, a number since 1970, a datetime, or None.

    Returns:
        The moment with zone UTC, or None where it cannot be read; True if it named no zone.

    Example:
        >>> utc("2016-10-08T14:05:00+02:00")
        (datetime.datetime(2016, 10, 8, 12, 5, tzinfo=datetime.timezone.utc), False)
        >>> utc("June 3, 2016 at 4:12 pm")
        (datetime.datetime(2016, 6, 3, 16, 12, tzinfo=datetime.timezone.utc), True)
        >>> utc(1475928300) == utc("1475928300000")
        True
        >>> utc("03/04/2016")
        (None, False)
    """
    try:
        moment = _read(value)
        if moment is None:
            return None, False
        if moment.tzinfo is None:
            return moment.replace(tzinfo=UTC), True
        return moment.astimezone(UTC), False
    except (ValueError, OverflowError):
        return None, False


def _read(value: object) -> datetime | None:
    if isinstance(value, str):
        return _read_text(value.strip())
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _since_1970(value)
    return value if isinstance(value, datetime) else None


def _since_1970(number: float) -> datetime:
    unit = next((unit for bound, unit in _PER_SECOND if abs(number) < bound), 1)
    if isinstance(number, int):
        return _EPOCH + timedelta(microseconds=number * 10**6 // unit)
    return _EPOCH + timedelta(seconds=number / unit)


def _read_text(text: str) -> datetime | None:
    if len(text) > 64:  # no spelling is longer, and a hostile one costs time
        return None
    if _NUMBER.fullmatch(text):
        return _since_1970(float(text) if "." in text else int(text))
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    if text.endswith((" UTC", " GMT")):
        moment = _read_text(text[:-4])
        return moment and moment.replace(tzinfo=UTC)
    plain = _ORDINAL.sub("", _FILLING.sub(" ", text)).strip()
    for spelling in _SPELLINGS:
        try:
            return datetime.strptime(plain, spelling)  # a missing zone is counted
        except ValueError:
            continue
    try:
        return parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError):
        return None
