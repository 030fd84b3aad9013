"""Functions for compiled code that are handed to the compiler in its own instructions.

For what it does not make out of a loop in Python by itself: many lanes of a vector at once, and
reading ahead. Only compiled code can call them. As with ``compiled``: after an edit here, delete
``__pycache__``.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

LINE = 64
"""Bytes of the processor's cache that are read from memory together."""

Value = Any
"""Of the compiler and of numba, which have no types that can be checked."""


def handed(returned: Value, build: Callable[..., Value]) -> Value:
    """The function that ``build`` writes, which returns a value of the type ``returned``.

    ``build`` is called with the builder of instructions and all that the function is given: numbers
    as they are, arrays as the address at which they begin. It returns the result, if there is one.
    """

    def typed(_: Value, *given: Value) -> Value:
        arrays = [isinstance(kind, types.Array) for kind in given]
        if any(kind.layout != "C" for kind, array in zip(given, arrays, strict=True) if array):
            return None  # refused: what is read from an address on must be in one piece

        def built(context: Value, builder: Value, called: Value, values: Value) -> Value:
            plain = [
                context.make_array(kind)(context, builder, value).data if array else value
                for kind, array, value in zip(called.args, arrays, values, strict=True)
            ]
            return build(builder, *plain) or context.get_dummy_value()

        return returned(*map(types.unliteral, given)), built

    typed.__signature__ = signature(build)  # type: ignore[attr-defined]
    return intrinsic(typed)


def bring(builder: Value, place: Value) -> None:
    """Have the line of the cache that a pointer points into brought up from memory."""
    number, anything = ir.IntType(32), ir.IntType(8).as_pointer()
    kind = ir.FunctionType(ir.VoidType(), [anything, number, number, number])
    ahead = builder.module.declare_intrinsic("llvm.prefetch", [anything], kind)
    how = [ir.Constant(number, value) for value in (0, 3, 1)]  # to be read, and again, as data
    builder.call(ahead, [builder.bitcast(place, anything), *how])


fetch: Callable[[NDArray[Any], int], None] = handed(
    types.none, lambda builder, array, at: bring(builder, builder.gep(array, [at]))
)
"""Have what stands at a place in an array brought up from memory, for it is read soon.

Who asks for many places before it reads the first waits once, not once for each. A place that does
not exist does no harm. Of an array of several axes the place is counted from the beginning.
"""
