"""The loops that the network's time goes into, in vector instructions.

They are handed to the compiler as it reads them itself: out of loops in Python it makes code that
puts the peaks back into memory after every token, for it cannot know that no two arrays overlap.
A token's products are read where they lie, by their *address*; nothing is copied. As with
``compiled``: after an edit here, delete ``__pycache__``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numpy.typing import NDArray

from moderation.instructions import LINE, Value, bring, handed

Floats = NDArray[np.float32]
Products = NDArray[np.int16]

DEPTH = 24  # of an embedding
FILTERS = 64
LANES = 8  # of the direct products: the heads, and room to fill a vector register
DIRECT = 3 * FILTERS  # where the direct products of a word begin
WIDTH = DIRECT + 4 * LANES  # products of a word: left, middle, right, direct, and nothing…
ROW = 2 * WIDTH  # …so that the bytes of a word's products are seven whole lines of the cache
UNIT = np.float32(1 / 1024)  # of the products kept as 16-bit numbers
LARGEST = 10_900  # of a product: three of them and a threshold fit into 16 bits

_LEFT, _MIDDLE, _RIGHT, _DIRECT = (2 * FILTERS * part for part in range(4))
_WHOLE, _REAL, _PLACE = ir.IntType(64), ir.FloatType(), ir.IntType(32)
_PEAKS, _FEW = (ir.VectorType(ir.IntType(16), size) for size in (FILTERS, LANES))
_SUMS, _LOGITS = ir.VectorType(_WHOLE, LANES), ir.VectorType(_REAL, LANES)
_WIDE = 2 * LANES  # products that are worked out in one register, where it is wide enough
_HALVES = ((0, WIDTH // _WIDE // 2), (WIDTH // _WIDE // 2, WIDTH // _WIDE))
"""Registers' worth of a word's products that are worked out together: they must fit."""
_REALS, _WHOLES, _UNITS = (
    ir.VectorType(kind, _WIDE) for kind in (_REAL, ir.IntType(32), ir.IntType(16))
)
_GROUP, _GROUPS = (ir.VectorType(ir.IntType(size), LANES) for size in (8, 16))


def _number(value: int) -> Value:
    return ir.Constant(_WHOLE, value)


def _loop(builder: Value, first: Value, last: Value, held: list[Value], step: Value) -> list[Value]:
    """``for i in range(first, last + 1): held = step(i, held)``, held in registers."""
    before, ask, body, after = builder.block, *(builder.append_basic_block() for _ in range(3))
    builder.branch(ask)
    builder.position_at_end(ask)
    i, *now = (builder.phi(value.type) for value in (first, *held))
    builder.cbranch(builder.icmp_signed("<=", i, last), body, after)
    builder.position_at_end(body)
    then = [builder.add(i, _number(1)), *step(i, now)]
    for value, begins, goes_on in zip((i, *now), (first, *held), then, strict=True):
        value.add_incoming(begins, before)
        value.add_incoming(goes_on, body)
    builder.branch(ask)
    builder.position_at_end(after)
    return now


def _address(builder: Value, array: Value) -> Value:
    return builder.ptrtoint(array, _WHOLE)


def _fetch_products(builder: Value, row: Value) -> None:
    for part in range(0, ROW, LINE):
        at = builder.add(row, _number(part))
        bring(builder, builder.inttoptr(at, ir.IntType(8).as_pointer()))


def _raise_peaks(
    builder: Value,
    where: Value,
    first: Value,
    last: Value,
    peaks: Value,
    direct: Value,
) -> None:
    kept = [
        builder.bitcast(peaks, _PEAKS.as_pointer()),
        builder.bitcast(direct, _SUMS.as_pointer()),
    ]

    def read(token: Value, part: int, kind: Value) -> Value:
        at = builder.add(builder.load(builder.gep(where, [token])), _number(part))
        return builder.load(builder.inttoptr(at, kind.as_pointer()), align=2)

    def step(middle: Value, held: list[Value]) -> list[Value]:
        peaks, direct = held
        left, right = builder.sub(middle, _number(1)), builder.add(middle, _number(1))
        value = builder.add(read(left, _LEFT, _PEAKS), read(middle, _MIDDLE, _PEAKS))
        value = builder.add(value, read(right, _RIGHT, _PEAKS))
        peaks = builder.select(builder.icmp_signed(">", value, peaks), value, peaks)
        return [peaks, builder.add(direct, builder.sext(read(middle, _DIRECT, _FEW), _SUMS))]

    held = [builder.load(pointer, align=2) for pointer in kept]
    for value, pointer in zip(_loop(builder, first, last, held, step), kept, strict=True):
        builder.store(value, pointer, align=2)


def _alike(builder: Value, number: Value, kind: Value) -> Value:
    """A number in every lane."""
    nothing = ir.Constant(kind, ir.Undefined)
    first = builder.insert_element(nothing, number, ir.Constant(_PLACE, 0))
    everywhere = ir.Constant(ir.VectorType(_PLACE, kind.count), None)
    return builder.shuffle_vector(first, nothing, everywhere)


def _add_products(builder: Value, held: list[Value], number: Value, row: Value) -> list[Value]:
    """What is held, plus a number times as many lanes from an address on."""
    alike = _alike(builder, number, held[0].type)
    lanes = [builder.load(builder.gep(row, [_number(i)]), align=4) for i in range(len(held))]
    return [
        builder.fadd(value, builder.fmul(alike, weights))
        for value, weights in zip(held, lanes, strict=True)
    ]


def _answer(builder: Value, peaks: Value, thresholds: Value, answers: Value, out: Value) -> None:
    answers, out = (builder.bitcast(array, _LOGITS.as_pointer()) for array in (answers, out))

    def step(k: Value, held: list[Value]) -> list[Value]:
        numbers = [builder.load(builder.gep(array, [k])) for array in (peaks, thresholds)]
        peak = builder.fadd(*(builder.sitofp(number, _REAL) for number in numbers))
        return _add_products(builder, held, peak, builder.gep(answers, [k]))

    (logits,) = _loop(builder, _number(0), _number(FILTERS - 1), [builder.load(out, align=4)], step)
    builder.store(logits, out, align=4)


def _add_groups(builder: Value, groups: Value, rows: Value, count: Value, out: Value) -> None:
    last = builder.sub(count, _number(1))
    groups = builder.bitcast(groups, _GROUP.as_pointer())
    out = builder.bitcast(out, _LOGITS.as_pointer())

    def step(i: Value, held: list[Value]) -> list[Value]:
        row = builder.mul(builder.load(builder.gep(rows, [i])), _number(DEPTH // LANES))
        at = [builder.gep(groups, [builder.add(row, _number(part))]) for part in range(len(held))]
        lanes = [builder.sext(builder.load(each, align=1), _GROUPS) for each in at]
        return [builder.add(value, each) for value, each in zip(held, lanes, strict=True)]

    nothing = [ir.Constant(_GROUPS, [0] * LANES)] * (DEPTH // LANES)
    for i, sums in enumerate(_loop(builder, _number(0), last, nothing, step)):
        builder.store(builder.sitofp(sums, _LOGITS), builder.gep(out, [_number(i)]), align=4)


def _in_units(builder: Value, value: Value) -> Value:
    """Products rounded, and held within ±LARGEST."""
    for sign, most in (("<", LARGEST), (">", -LARGEST)):
        limit = ir.Constant(_REALS, [float(most)] * _WIDE)
        value = builder.select(builder.fcmp_ordered(sign, value, limit), value, limit)
    kind = ir.FunctionType(_REALS, [_REALS])
    rint = builder.module.declare_intrinsic(f"llvm.rint.v{_WIDE}f32", fnty=kind)
    return builder.trunc(builder.fptosi(builder.call(rint, [value]), _WHOLES), _UNITS)


def _multiply(builder: Value, embedding: Value, columns: Value, out: Value) -> None:
    columns = builder.bitcast(columns, _REALS.as_pointer())
    out = builder.bitcast(out, _UNITS.as_pointer())
    last = _number(DEPTH - 1)
    for begin, end in _HALVES:

        def step(d: Value, held: list[Value], begin: int = begin) -> list[Value]:
            place = builder.add(builder.mul(d, _number(WIDTH // _WIDE)), _number(begin))
            number = builder.load(builder.gep(embedding, [d]))
            return _add_products(builder, held, number, builder.gep(columns, [place]))

        nothing = [ir.Constant(_REALS, [0.0] * _WIDE)] * (end - begin)
        for i, sums in enumerate(_loop(builder, _number(0), last, nothing, step), begin):
            builder.store(_in_units(builder, sums), builder.gep(out, [_number(i)]), align=2)


address: Callable[[NDArray[Any]], int] = handed(types.int64, _address)
"""Where an array begins in memory; it must live as long as that is used."""

fetch_products: Callable[[int], None] = handed(types.none, _fetch_products)
"""Have a word's products, given their address, brought up from memory: they are read soon."""

raise_peaks: Callable[[NDArray[np.int64], int, int, Products, NDArray[np.int64]], None] = handed(
    types.none, _raise_peaks
)
"""Take in the windows whose middle is one of the tokens ``first``…``last``.

Given: the addresses of the tokens' products, of which those from ``first`` − 1 to ``last`` + 1 are
read; the highest value so far of each filter, [FILTERS]; the sums so far of what the middles add by
themselves, [LANES].
"""

answer: Callable[[Products, Products, Floats, Floats], None] = handed(types.none, _answer)
"""Add to a text's logits what its peaks say above the thresholds, one filter after the other.

Given: peaks and thresholds [FILTERS], the answers to them [FILTERS, LANES], the logits [LANES].
"""

add_groups: Callable[[NDArray[np.int8], NDArray[np.int64], int, Floats], None] = handed(
    types.none, _add_groups
)
"""The sum of some rows of a table.

Given: the table [rows, DEPTH]; which rows, and how many they are (up to 256: their sum is one of 16
bits); where it goes [DEPTH].
"""

multiply: Callable[[Floats, Floats, Products], None] = handed(types.none, _multiply)
"""A word's products with every column, rounded to whole UNITs, none beyond ±LARGEST.

Given: the embedding [DEPTH], the columns [DEPTH, WIDTH] over UNIT, and where the products go
[WIDTH]. Each is summed in the order of the embedding.
"""
