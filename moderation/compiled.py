"""The decorators for compiled kernels, and the UTF-8 primitives that they share.

Of its layer only this module, ``instructions`` and ``lanes`` import numba, so nothing imports it
until something is scored. A kernel works on the bytes of :class:`moderation.texts.Texts`, takes and
returns arrays, and has a slow plain-Python reference in the tests. Compiled code is kept on disk
beside the module, so only the first run ever waits for it; numba notices a change in the module
itself, not in this one: after an edit here, delete ``__pycache__``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile a function at its first call: cached on disk, without the interpreter lock.

    Floating point keeps its written order (no ``fastmath``): the same input gives the same
    bits on every run.
    """
    return _compiled(function)


def borrowing(function: Function) -> Function:
    """The same of a function that neither makes nor returns an array; without counting holders.

    Compiled code counts who holds each array: one atomic step up and one down, for every array
    and every slice of it, in every function that is not merged with its caller. Where a kernel
    calls others for every word, and they only borrow the arrays that it holds, that counting is
    all cost. The compiler refuses a function that borrows and makes or returns an array.
    """
    return _compiled(function, _nrt=False)


def owning(function: Function) -> Function:
    """The same of a function that makes arrays, and is called by some that borrow."""
    return _compiled(function, _nrt=True)


def merged(function: Function) -> Function:
    """The same of one that is always merged with its caller.

    Whoever calls a function hands it every array in seven parts, and every array of a tuple: for
    what is called for every word, that may cost more than what it does.
    """
    return _compiled(function, _nrt=False, forceinline=True)


def inlined(function: Function) -> Function:
    """The same of one that returns a part of an array, merged with its caller whatever that is."""
    return _compiled(function, inline="always")


def _compiled(function: Function, **options: Any) -> Function:  # noqa: ANN401  # of any type
    decorate = numba.njit(cache=True, nogil=True, error_model="numpy", **options)
    return cast("Function", decorate(function))


@borrowing
def eight_bytes(data: NDArray[np.uint8], at: int) -> np.uint64:
    """Eight bytes as one number, the first one lowest: one load, once compiled."""
    first, value = np.uint64(at), np.uint64(0)
    for k in range(8):
        value |= np.uint64(data[first + np.uint64(k)]) << np.uint64(8 * k)
    return value


@compiled
def decode(data: NDArray[np.uint8], at: int) -> tuple[int, int]:
    """Code point that starts at byte ``at`` of valid UTF-8, and its length in bytes (1…4)."""
    first = int(data[at])
    if first < 0x80:
        return first, 1
    if first < 0xE0:
        return ((first & 0x1F) << 6) | int(data[at + 1] & 0x3F), 2
    if first < 0xF0:
        middle = int(data[at + 1] & 0x3F) << 6
        return ((first & 0x0F) << 12) | middle | int(data[at + 2] & 0x3F), 3
    high = int(data[at + 1] & 0x3F) << 12
    middle = int(data[at + 2] & 0x3F) << 6
    return ((first & 0x07) << 18) | high | middle | int(data[at + 3] & 0x3F), 4


@compiled
def encode(point: int, out: NDArray[np.uint8], at: int) -> int:
    """Write a code point as UTF-8 at byte ``at``; returns its length in bytes (1…4)."""
    if point < 0x80:
        out[at] = point
        return 1
    if point < 0x800:
        out[at] = 0xC0 | (point >> 6)
        out[at + 1] = 0x80 | (point & 0x3F)
        return 2
    if point < 0x10000:
        out[at] = 0xE0 | (point >> 12)
        out[at + 1] = 0x80 | ((point >> 6) & 0x3F)
        out[at + 2] = 0x80 | (point & 0x3F)
        return 3
    out[at] = 0xF0 | (point >> 18)
    out[at + 1] = 0x80 | ((point >> 12) & 0x3F)
    out[at + 2] = 0x80 | ((point >> 6) & 0x3F)
    out[at + 3] = 0x80 | (point & 0x3F)
    return 4
