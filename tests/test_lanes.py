from __future__ import annotations

import numba
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from moderation.lanes import (
    WIDTH,
    below,
    count,
    doubled,
    eight,
    heads,
    highest,
    lowest,
    one_of,
    together,
)

MEMBERS = b"\x00\x01\x7f\x80\xff-/:@abcdez"
members = one_of(MEMBERS)
nothing, everything = one_of(b""), one_of(bytes(range(256)))

BYTES = st.binary(min_size=WIDTH + 9, max_size=WIDTH + 9)
BITS = st.integers(0, 2**WIDTH - 1)


@numba.njit
def asked(data: NDArray[np.uint8], at: int) -> tuple[np.uint64, ...]:
    return (
        members(data, at),
        nothing(data, at),
        everything(data, at),
        doubled(data, at),
        eight(data, at),
    )


@numba.njit
def measured(bits: np.uint64) -> tuple[int, int, int]:
    return lowest(bits), highest(bits), count(bits)


def bits_of(answers: list[bool]) -> int:
    return sum(1 << place for place, answer in enumerate(answers) if answer)


@settings(deadline=None)  # the first call compiles
@given(BYTES, st.integers(0, 8))
def test_every_byte_is_asked(data: bytes, at: int) -> None:
    seen = data[at : at + WIDTH]
    following = data[at + 1 : at + 1 + WIDTH]
    assert asked(np.frombuffer(data, np.uint8), at) == (
        bits_of([byte in MEMBERS for byte in seen]),
        0,
        2**WIDTH - 1,
        bits_of([one == other for one, other in zip(seen, following, strict=True)]),
        int.from_bytes(seen[:8]),
    )


@settings(deadline=None)
@given(st.one_of(BITS, st.sampled_from([0, 1, 2**63, 2**64 - 1])))
def test_bits_are_counted_as_their_digits_are(bits: int) -> None:
    digits = f"{bits:064b}"[::-1]
    place = digits.find("1")
    assert measured(np.uint64(bits)) == (
        place if bits else WIDTH,
        digits.rfind("1"),
        digits.count("1"),
    )


@settings(deadline=None)
@given(BITS, st.integers(0, WIDTH - 1))
def test_rows_of_bits(bits: int, place: int) -> None:
    digits = f"{bits:064b}"[::-1]
    starts = bits_of([d == "1" and digits[at - 1 : at] != "1" for at, d in enumerate(digits)])
    assert heads(np.uint64(bits)) == starts
    assert together(np.uint64(bits), place) == len(digits[place:]) - len(digits[place:].lstrip("1"))


def test_below_has_a_bit_for_each_place() -> None:
    assert [int(below(place)) for place in (0, 1, 63, WIDTH)] == [0, 1, 2**63 - 1, 2**64 - 1]
