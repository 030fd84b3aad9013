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
from numba.extending import intrinsic
from numpy.typing import NDArray

DEPTH = 24  # of an embedding
FILTERS = 64
LANES = 8  # of the direct products: the heads, and room to fill a vector register
WIDTH = 3 * FILTERS + 4 * LANES  # products of a word: left, middle, right, direct, nothing
ROW = 2 * WIDTH  # bytes of a word's products
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


def _callable(typed: Any) -> Any:  # noqa: ANN401
    return intrinsic(typed)


def _typed(returned: Any, build: Callable[[Any, list[Any]], Any], *given: Any) -> Any:  # noqa: ANN401
    """A kernel's types, and what builds it: from numbers, and the addresses of arrays."""
    arrays = [isinstance(kind, types.Array) for kind in given]
    if any(kind.layout != "C" for kind, array in zip(given, arrays, strict=True) if array):
        return None  # the compiler refuses: what is read from an address on must be in one piece

    def built(context: Any, builder: Any, signature: Any, values: Any) -> Any:  # noqa: ANN401
        plain = [
            context.make_array(kind)(context, builder, value).data if array else value
            for kind, array, value in zip(signature.args, arrays, values, strict=True)
        ]
        return build(builder, plain) or context.get_dummy_value()

    return returned(*given), built


def _number(value: int) -> Any:  # noqa: ANN401
    return ir.Constant(_WHOLE, value)


def _loop(builder: Any, first: Any, last: Any, held: list[Any], step: Any) -> list[Any]:  # noqa: ANN401
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


def _address(builder: Any, given: list[Any]) -> Any:  # noqa: ANN401
    return builder.ptrtoint(given[0], _WHOLE)


def _raise_peaks(builder: Any, given: list[Any]) -> None:  # noqa: ANN401
    where, first, last, *kept = given
    kept = [
        builder.bitcast(kept[0], _PEAKS.as_pointer()),
        builder.bitcast(kept[1], _SUMS.as_pointer()),
    ]

    def read(token: Any, part: int, kind: Any) -> Any:  # noqa: ANN401
        at = builder.add(builder.load(builder.gep(where, [token])), _number(part))
        return builder.load(builder.inttoptr(at, kind.as_pointer()), align=2)

    def step(middle: Any, held: list[Any]) -> list[Any]:  # noqa: ANN401
        peaks, direct = held
        left, right = builder.sub(middle, _number(1)), builder.add(middle, _number(1))
        value = builder.add(read(left, _LEFT, _PEAKS), read(middle, _MIDDLE, _PEAKS))
        value = builder.add(value, read(right, _RIGHT, _PEAKS))
        peaks = builder.select(builder.icmp_signed(">", value, peaks), value, peaks)
        return [peaks, builder.add(direct, builder.sext(read(middle, _DIRECT, _FEW), _SUMS))]

    held = [builder.load(pointer, align=2) for pointer in kept]
    for value, pointer in zip(_loop(builder, first, last, held, step), kept, strict=True):
        builder.store(value, pointer, align=2)


def _alike(builder: Any, number: Any, kind: Any) -> Any:  # noqa: ANN401
    """A number in every lane."""
    nothing = ir.Constant(kind, ir.Undefined)
    first = builder.insert_element(nothing, number, ir.Constant(_PLACE, 0))
    everywhere = ir.Constant(ir.VectorType(_PLACE, kind.count), None)
    return builder.shuffle_vector(first, nothing, everywhere)


def _add_products(builder: Any, held: list[Any], number: Any, row: Any) -> list[Any]:  # noqa: ANN401
    """What is held, plus a number times as many lanes from an address on."""
    alike = _alike(builder, number, held[0].type)
    lanes = [builder.load(builder.gep(row, [_number(i)]), align=4) for i in range(len(held))]
    return [
        builder.fadd(value, builder.fmul(alike, weights))
        for value, weights in zip(held, lanes, strict=True)
    ]


def _answer(builder: Any, given: list[Any]) -> None:  # noqa: ANN401
    peaks, thresholds, answers, out = given
    answers, out = (builder.bitcast(array, _LOGITS.as_pointer()) for array in (answers, out))

    def step(k: Any, held: list[Any]) -> list[Any]:  # noqa: ANN401
        numbers = [builder.load(builder.gep(array, [k])) for array in (peaks, thresholds)]
        peak = builder.fadd(*(builder.sitofp(number, _REAL) for number in numbers))
        return _add_products(builder, held, peak, builder.gep(answers, [k]))

    (logits,) = _loop(builder, _number(0), _number(FILTERS - 1), [builder.load(out, align=4)], step)
    builder.store(logits, out, align=4)


def _add_groups(builder: Any, given: list[Any]) -> None:  # noqa: ANN401
    groups, rows, count, out = given
    last = builder.sub(count, _number(1))
    groups = builder.bitcast(groups, _GROUP.as_pointer())
    out = builder.bitcast(out, _LOGITS.as_pointer())

    def step(i: Any, held: list[Any]) -> list[Any]:  # noqa: ANN401
        row = builder.mul(builder.load(builder.gep(rows, [i])), _number(DEPTH // LANES))
        at = [builder.gep(groups, [builder.add(row, _number(part))]) for part in range(len(held))]
        lanes = [builder.sext(builder.load(each, align=1), _GROUPS) for each in at]
        return [builder.add(value, each) for value, each in zip(held, lanes, strict=True)]

    nothing = [ir.Constant(_GROUPS, [0] * LANES)] * (DEPTH // LANES)
    for i, sums in enumerate(_loop(builder, _number(0), last, nothing, step)):
        builder.store(builder.sitofp(sums, _LOGITS), builder.gep(out, [_number(i)]), align=4)


def _in_units(builder: Any, value: Any) -> Any:  # noqa: ANN401
    """Products rounded, and held within ±LARGEST."""
    for sign, most in (("<", LARGEST), (">", -LARGEST)):
        limit = ir.Constant(_REALS, [float(most)] * _WIDE)
        value = builder.select(builder.fcmp_ordered(sign, value, limit), value, limit)
    kind = ir.FunctionType(_REALS, [_REALS])
    rint = builder.module.declare_intrinsic(f"llvm.rint.v{_WIDE}f32", fnty=kind)
    return builder.trunc(builder.fptosi(builder.call(rint, [value]), _WHOLES), _UNITS)


def _multiply(builder: Any, given: list[Any]) -> None:  # noqa: ANN401
    embedding, columns, out = given
    columns = builder.bitcast(columns, _REALS.as_pointer())
    out = builder.bitcast(out, _UNITS.as_pointer())
    last = _number(DEPTH - 1)
    for begin, end in _HALVES:

        def step(d: Any, held: list[Any], begin: int = begin) -> list[Any]:  # noqa: ANN401
            place = builder.add(builder.mul(d, _number(WIDTH // _WIDE)), _number(begin))
            number = builder.load(builder.gep(embedding, [d]))
            return _add_products(builder, held, number, builder.gep(columns, [place]))

        nothing = [ir.Constant(_REALS, [0.0] * _WIDE)] * (end - begin)
        for i, sums in enumerate(_loop(builder, _number(0), last, nothing, step), begin):
            builder.store(_in_units(builder, sums), builder.gep(out, [_number(i)]), align=2)


address: Callable[[NDArray[Any]], int] = _callable(
    lambda _, array: _typed(types.int64, _address, array)
)
"""Where an array begins in memory; it must live as long as that is used."""

raise_peaks: Callable[[NDArray[np.int64], int, int, NDArray[np.int16], NDArray[np.int64]], None] = (
    _callable(
        lambda _, where, first, last, peaks, direct: _typed(
            types.none, _raise_peaks, where, first, last, peaks, direct
        )
    )
)
"""Take in the windows whose middle is one of the tokens ``first``…``last``.

Given: the addresses of the tokens' products, of which those from ``first`` − 1 to ``last`` + 1 are
read; the highest value so far of each filter, [FILTERS]; the sums so far of what the middles add by
themselves, [LANES].
"""

answer: Callable[
    [NDArray[np.int16], NDArray[np.int16], NDArray[np.float32], NDArray[np.float32]], None
] = _callable(
    lambda _, peaks, thresholds, answers, out: _typed(
        types.none, _answer, peaks, thresholds, answers, out
    )
)
"""Add to a text's logits what its peaks say above the thresholds, one filter after the other.

Given: peaks and thresholds [FILTERS], the answers to them [FILTERS, LANES], the logits [LANES].
"""

add_groups: Callable[[NDArray[np.int8], NDArray[np.int64], int, NDArray[np.float32]], None] = (
    _callable(
        lambda _, groups, rows, count, out: _typed(
            types.none, _add_groups, groups, rows, count, out
        )
    )
)
"""The sum of some rows of a table.

Given: the table [rows, DEPTH]; which rows, and how many they are (up to 256: their sum is one of 16
bits); where it goes [DEPTH].
"""

multiply: Callable[[NDArray[np.float32], NDArray[np.float32], NDArray[np.int16]], None] = _callable(
    lambda _, embedding, columns, out: _typed(types.none, _multiply, embedding, columns, out)
)
"""A word's products with every column, rounded to whole UNITs, none beyond ±LARGEST.

Given: the embedding [DEPTH], the columns [DEPTH, WIDTH] over UNIT, and where the products go
[WIDTH]. Each is summed in the order of the embedding.
"""
