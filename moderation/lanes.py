"""Sixty-four bytes at once: what is asked of one is asked of all, and answered by a bit each.

A loop that branches at the end of every word spends more time on guessing wrongly where that is
than on all else. With one bit a byte, the lowest for the first, a few sums find all words. The
compiler makes of it the vector instructions that the processor has.

Rule: a question reads all bytes from ``at`` to ``at + WIDTH``, so that an array must have so much
room behind the last byte that matters; what the bits of that room say is for the caller to ignore.
Only compiled code can ask. As with ``compiled``: after an edit here, delete ``__pycache__``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import numpy as np
from llvmlite import ir
from numba import types
from numpy.typing import NDArray

from moderation.compiled import borrowing
from moderation.instructions import Value, handed

WIDTH = 64
"""Bytes that are looked at together, and the room behind a text that they may take."""

Question = Callable[[NDArray[np.uint8], int], np.uint64]
_NONE, _ONE, _EVERY = np.uint64(0), np.uint64(1), ~np.uint64(0)
_FLAG, _BYTE, _BITS = ir.IntType(1), ir.IntType(8), ir.IntType(WIDTH)


def _question(build: Callable[[Value, Value], Value]) -> Question:
    """What asks for ``WIDTH`` bits about bytes, given what builds it from their address."""

    def bits(builder: Value, data: Value, at: Value) -> Value:
        return builder.bitcast(build(builder, builder.gep(data, [at])), _BITS)

    return cast("Question", handed(types.uint64, bits))


def _measure(build: Callable[[Value, Value], Value]) -> Callable[[np.uint64], int]:
    """What asks for a number about bits, given what builds it from them."""
    return cast("Callable[[np.uint64], int]", handed(types.int64, build))


def _read(builder: Value, address: Value, size: int = WIDTH) -> Value:
    """So many bytes from an address on."""
    lanes = ir.VectorType(_BYTE, size)
    return builder.load(builder.bitcast(address, lanes.as_pointer()), align=1)


def _all(value: int, kind: Value = _BYTE) -> Value:
    """The same number in every lane."""
    return ir.Constant(ir.VectorType(kind, WIDTH), [value] * WIDTH)


def one_of(members: bytes) -> Question:
    """The question which bytes are among some.

    Example:
        >>> import numba
        >>> vowels = one_of(b"aeiou")
        >>> ask = numba.njit(lambda data: vowels(data, 0))
        >>> bin(ask(np.frombuffer(b"house" + bytes(WIDTH), np.uint8)))
        '0b10110'
    """
    has = [False, *(byte in members for byte in range(256)), False]
    edges = [byte for byte in range(257) if has[byte] != has[byte + 1]]

    def build(builder: Value, address: Value) -> Value:
        lanes, found = _read(builder, address), _all(0, _FLAG)
        for low, after in zip(edges[::2], edges[1::2], strict=True):
            above = builder.sub(lanes, _all(low))
            found = builder.or_(found, builder.icmp_unsigned("<=", above, _all(after - 1 - low)))
        return found

    return _question(build)


def _doubled(builder: Value, address: Value) -> Value:
    following = builder.gep(address, [ir.Constant(_BITS, 1)])
    return builder.icmp_unsigned("==", _read(builder, address), _read(builder, following))


doubled = _question(_doubled)
"""The question which bytes are the same as the next; reads one byte more."""

eight = _question(
    lambda builder, address: builder.bswap(builder.bitcast(_read(builder, address, 8), _BITS))
)
"""Eight bytes as one number, the first highest."""

lowest = _measure(lambda builder, bits: builder.cttz(bits, ir.Constant(_FLAG, 0)))
"""The place of the lowest bit; ``WIDTH`` where there is none."""

highest = _measure(
    lambda builder, bits: builder.sub(
        ir.Constant(_BITS, WIDTH - 1), builder.ctlz(bits, ir.Constant(_FLAG, 0))
    )
)
"""The place of the highest bit; -1 where there is none."""

count = _measure(lambda builder, bits: builder.ctpop(bits))
"""How many bits there are."""


@borrowing
def below(place: int) -> np.uint64:
    """The bits of all places before one, 0 to ``WIDTH``.

    Example:
        >>> bin(below(3))
        '0b111'
    """
    return _EVERY >> np.uint64(WIDTH - place) if place > 0 else _NONE


@borrowing
def heads(bits: np.uint64) -> np.uint64:
    """The lowest of each row of bits that stand together.

    Example:
        >>> bin(heads(np.uint64(0b1101110)))
        '0b100010'
    """
    return bits & ~(bits << _ONE)


@borrowing
def together(bits: np.uint64, place: int) -> int:
    """How many bits stand together from a place on.

    Example:
        >>> together(np.uint64(0b1101110), 1)
        3
    """
    return lowest(~(bits >> np.uint64(place)))
