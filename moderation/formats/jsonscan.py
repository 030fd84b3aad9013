"""Kernels that find the values in lines of flat JSON objects, and write them out by column.

They judge nothing. They know the usual spelling of an object of known keys, and give up at any
other. What they take to be a number may be none; a text is one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import borrowing, compiled, encode

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int32]
Bounds = NDArray[np.uint64]
Place = np.uint64
"""An index of bytes. Unsigned, so that nobody asks at each byte whether it counts from the end:
then a loop over bytes is compiled to one over words of many bytes."""

ABSENT, TEXT, ESCAPED, OTHER, ODD = range(5)
"""What stands at a key: nothing or null, a text, a text with escapes, a number or a truth, or what
makes the kernels give up."""
NULL = np.frombuffer(b"null", np.uint8)

_NOWHERE = Place(2**64 - 1)
_ZERO, _ONE, _TWO, _SIX = map(Place, (0, 1, 2, 6))

_QUOTE, _BACKSLASH, _COMMA, _COLON, _OPEN, _CLOSE, _FIRST, _LAST, _LINE_FEED, _U = b'"\\,:{}[]\nu'
_BLANK = np.zeros(256, np.bool_)
_BLANK[np.frombuffer(b" \t\r", np.uint8)] = True
_PLAIN = np.ones(256, np.bool_)
_PLAIN[:32] = _PLAIN[[_QUOTE, _BACKSLASH]] = False
_SCALAR = np.zeros(256, np.bool_)
_SCALAR[np.frombuffer(b"+-.0123456789Eaeflnrstu", np.uint8)] = True
_MEANT = np.zeros(256, np.uint8)
_MEANT[np.frombuffer(b'"\\/bfnrt', np.uint8)] = np.frombuffer(b'"\\/\b\f\n\r\t', np.uint8)
_HEX = np.full(256, 16, np.uint8)
_HEX[np.frombuffer(b"0123456789abcdef", np.uint8)] = range(16)
_HEX[np.frombuffer(b"ABCDEF", np.uint8)] = range(10, 16)


@compiled
def find(
    data: Bytes, keys: Bytes, bounds: Bounds, begins: Numbers, ends: Numbers, what: Bytes
) -> bool:
    """Find every value.

    Args:
        data: UTF-8, as many lines as ``what`` has rows, each with its line feed.
        keys: The keys in quotes, end to end.
        bounds: Where each of them begins and the last one ends.
        begins: int32[lines, keys], takes where each value begins.
        ends: The same of where it ends.
        what: The same of what it is; all ABSENT before.

    Returns:
        Whether all lines are flat objects of those keys.
    """
    at = _ZERO
    for row in range(len(what)):
        at = _line(data, at, keys, bounds, row, begins, ends, what)
        if at == _NOWHERE:
            return False
    return bool(at == Place(len(data)))


@borrowing
def _line(
    data: Bytes,
    at: Place,
    keys: Bytes,
    bounds: Bounds,
    row: int,
    begins: Numbers,
    ends: Numbers,
    what: Bytes,
) -> Place:
    """The same for one line; returns where the next begins."""
    at, key, sign = _past(data, at, _BLANK), -1, _OPEN
    while data[at] == sign:
        at = _past(data, at + _ONE, _BLANK)
        key = _key(data, at, keys, bounds, key + 1)
        if key < 0 or what[row, key] != ABSENT:
            return _NOWHERE
        at = _past(data, at + bounds[key + 1] - bounds[key], _BLANK)
        if data[at] != _COLON:
            return _NOWHERE
        at = _past(data, at + _ONE, _BLANK)
        end, kind = _value(data, at)
        if kind == ODD:
            return _NOWHERE
        begins[row, key], ends[row, key], what[row, key] = at, end, kind
        at, sign = _past(data, end, _BLANK), _COMMA
    if sign != _COMMA or data[at] != _CLOSE:
        return _NOWHERE
    at = _past(data, at + _ONE, _BLANK)
    return at + _ONE if data[at] == _LINE_FEED else _NOWHERE


@borrowing
def _past(data: Bytes, at: Place, members: NDArray[np.bool_]) -> Place:
    """Where the bytes end that begin here and are among some, if any."""
    while members[data[at]]:
        at += _ONE
    return at


@borrowing
def _key(data: Bytes, at: Place, keys: Bytes, bounds: Bounds, expected: int) -> int:
    """The key that stands here, most likely the expected one; -1 for none."""
    count = len(bounds) - 1
    for turn in range(count):
        key = expected + turn
        key -= count if key >= count else 0
        if _same(data, at, keys, bounds[key], bounds[key + 1]):
            return key
    return -1


@borrowing
def _same(data: Bytes, at: Place, other: Bytes, begin: Place, end: Place) -> bool:
    while begin < end and data[at] == other[begin]:
        at += _ONE
        begin += _ONE
    return bool(begin == end)


@borrowing
def _value(data: Bytes, at: Place) -> tuple[Place, int]:
    """Where the value ends that begins here, and what it is."""
    if data[at] == _QUOTE:
        end, kind = _past(data, at + _ONE, _PLAIN), TEXT
        while data[end] == _BACKSLASH and data[end + _ONE] != _LINE_FEED:
            end, kind = _past(data, end + _TWO, _PLAIN), ESCAPED
        return end + _ONE, kind if data[end] == _QUOTE else ODD
    end = _past(data, at, _SCALAR)
    if end == at:
        return end, ODD
    null = end - at == Place(len(NULL)) and _same(data, at, NULL, _ZERO, end - at)
    return end, ABSENT if null else OTHER


@compiled
def list_all(data: Bytes, begins: Numbers, ends: Numbers, what: Bytes, out: Bytes) -> int:
    """Write the values at one key as a JSON list; returns its size."""
    to = _ZERO
    for row in range(len(what)):
        out[to] = _COMMA if row else _FIRST
        if what[row] == ABSENT:
            to = _copy(NULL, _ZERO, Place(len(NULL)), out, to + _ONE)
        else:
            to = _copy(data, Place(begins[row]), Place(ends[row]), out, to + _ONE)
    out[to] = _LAST
    return int(to + _ONE)


@compiled
def copy_texts(
    data: Bytes, begins: Numbers, ends: Numbers, what: Bytes, offsets: Numbers, out: Bytes
) -> bool:
    """Write the texts at one key end to end.

    Args:
        data: As of :func:`find`.
        begins: int32[lines], what that found.
        ends: The same.
        what: The same.
        offsets: int32[lines + 1], takes where each text begins in ``out``; 0 before.
        out: Takes them, without quotes and escapes; large enough for what stands in ``data``.

    Returns:
        Whether all are texts, or absent.
    """
    to = _ZERO
    for row in range(len(what)):
        begin, end = Place(begins[row]) + _ONE, Place(ends[row]) - _ONE
        if what[row] == TEXT:
            to = _copy(data, begin, end, out, to)
        elif what[row] == ESCAPED:
            to = _unescaped(data, begin, end, out, to)
        elif what[row] == OTHER:
            to = _NOWHERE
        if to == _NOWHERE:
            return False
        offsets[row + 1] = to
    return True


@borrowing
def _copy(data: Bytes, at: Place, end: Place, out: Bytes, to: Place) -> Place:
    """Copy bytes; returns where the next ones go."""
    while at < end:
        out[to] = data[at]
        at += _ONE
        to += _ONE
    return to


@borrowing
def _unescaped(data: Bytes, at: Place, end: Place, out: Bytes, to: Place) -> Place:
    """Copy a text, its escapes undone; returns where the next one goes."""
    while True:
        escape = _past(data, at, _PLAIN)
        to = _copy(data, at, escape, out, to)
        if escape == end:
            return to
        sign = data[escape + _ONE]
        if sign == _U:
            point, at = _point(data, escape)
            if point < 0:
                return _NOWHERE
            to += Place(encode(point, out, int(to)))
        elif _MEANT[sign]:
            out[to] = _MEANT[sign]
            at, to = escape + _TWO, to + _ONE
        else:
            return _NOWHERE


@borrowing
def _point(data: Bytes, at: Place) -> tuple[int, Place]:
    """The code point of an escape in hexadecimal, or of a pair, and where it ends; -1 for none."""
    unit, end = _unit(data, at), at + _SIX
    if unit & 0xFC00 != 0xD800:
        return unit if unit & 0xFC00 != 0xDC00 else -1, end
    low = _unit(data, end)
    point = 0x10000 + ((unit & 0x3FF) << 10 | low & 0x3FF)
    return point if low & 0xFC00 == 0xDC00 else -1, end + _SIX


@borrowing
def _unit(data: Bytes, at: Place) -> int:
    """The number that an escape in hexadecimal spells; -1 where there is none."""
    if data[at] != _BACKSLASH or data[at + _ONE] != _U:
        return -1
    value = 0
    for place in range(at + _TWO, at + _SIX):
        digit = _HEX[data[place]]
        if digit > 15:
            return -1
        value = value << 4 | digit
    return value
