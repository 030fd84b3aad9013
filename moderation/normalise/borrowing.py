"""Decorators for kernels that call one another for every other word.

Compiled code counts who holds each array: one atomic step up and one down, for every array of the
kit and every slice of it, in every function that is not merged with its caller. Where a function
only borrows the arrays that its caller holds, that counting is all cost; left out, closer looks
cost less than half. The compiler refuses a function that borrows and makes or returns an array.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def borrowing(function: Function) -> Function:
    """Compile, as ``compiled`` does, a function that neither makes nor returns an array."""
    return _compiled(function, _nrt=False)


def owning(function: Function) -> Function:
    """The same of one that makes arrays, and is called by some that borrow."""
    return _compiled(function, _nrt=True)


def inlined(function: Function) -> Function:
    """The same of one that returns a part of an array, merged with its caller whatever that is."""
    return _compiled(function, inline="always")


def _compiled(function: Function, **options: Any) -> Function:  # noqa: ANN401  # of any type
    decorate = numba.njit(cache=True, nogil=True, error_model="numpy", **options)
    return cast("Function", decorate(function))
