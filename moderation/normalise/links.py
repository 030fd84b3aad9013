"""Web and mail addresses: counted or left alone, but never read as words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import borrowing
from moderation.normalise.guess import is_digit, is_letter
from moderation.normalise.kit import HOSTS, LIKELY_HOSTS, Kit
from moderation.normalise.lookup import hash_bytes

NONE, LINK, MAIL = 0, 1, 2


@borrowing
def address(text: NDArray[np.uint8], begin: int, end: int, kit: Kit) -> tuple[int, int]:
    """The address in a run of bytes without a space.

    Args:
        text: uint8, folded text.
        begin: Where the run begins…
        end: …and ends.
        kit: Knows the last parts of host names.

    Returns:
        ``LINK`` and where the address begins, ``MAIL`` and the same, or ``NONE`` and ``end``.
    """
    for at in range(begin + 1, end - 2):
        if text[at] == 58 and text[at + 1] == 47 and text[at + 2] == 47:  # ://
            start = at
            while start > begin and is_letter(text[start - 1]):
                start -= 1
            return (LINK, start) if start < at else (NONE, end)
    start = begin
    while start < end and not _in_name(text[start]):
        start += 1
    if end - start > 4 and _www(text, start) and _in_name(text[start + 4]):
        return LINK, start
    for at in range(start + 1, end):
        if text[at] == 64 and _host(text, at + 1, end, kit):  # @
            return MAIL, start
        if not (_in_name(text[at]) or text[at] == 46 or text[at] == 95 or text[at] == 43):
            break
    if _host(text, start, end, kit):
        return LINK, start
    return NONE, end


@borrowing
def _www(text: NDArray[np.uint8], at: int) -> bool:
    """Whether four bytes are ``www.``."""
    letters = text[at] == text[at + 1] == text[at + 2] == 119
    return bool(letters and text[at + 3] == 46)


@borrowing
def _host(text: NDArray[np.uint8], begin: int, end: int, kit: Kit) -> bool:
    """Whether a host name begins here, ``example.com`` or ``bit.ly/x``."""
    part, dots, at = begin, 0, begin
    while at < end and (_in_name(text[at]) or (text[at] == 46 and at > part)):
        if text[at] == 46 and at + 1 < end and is_letter(text[at + 1]):
            part, dots = at + 1, dots + 1
        elif text[at] == 46:
            break
        at += 1
    if dots == 0:
        return False
    last = hash_bytes(text[part:at])
    path = at + 1 < end and text[at] == 47 and _in_name(text[at + 1])
    return _among(HOSTS, last, kit) or (path and _among(LIKELY_HOSTS, last, kit))


@borrowing
def _among(table: int, value: np.uint64, kit: Kit) -> bool:
    for place in range(kit.numbers[2 * table], kit.numbers[2 * table + 1]):
        if kit.hashes[place] == value:
            return True
    return False


@borrowing
def _in_name(byte: int) -> bool:
    """Whether a host name may hold the byte."""
    return is_letter(byte) or is_digit(byte) or byte == 45
