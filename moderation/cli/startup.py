"""What happens before the first comment: as little as will do, and a word where it takes long."""

from __future__ import annotations

import gc
import os
import platform
import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numba.core.event import Event

_ASKED_FOR = "scipy.linalg.cython_blas"

_SUMMED = {"OPENBLAS_CORETYPE": "Nehalem", "OPENBLAS_NUM_THREADS": "1"}
"""In the order that every processor of that kind since 2008 can sum in."""


def spare_collections() -> None:
    """Look for garbage seldom: loading makes a great many objects, and nearly all of them stay."""
    gc.set_threshold(100_000)


def sum_alike() -> None:
    """Have sums of numbers rounded alike on every x86 processor; before numpy is loaded.

    OpenBLAS, which scikit-learn's regressions sum with, chooses its loops by the processor and its
    cores: the last digits of a model would depend on where it was made.
    """
    if platform.machine().lower() in ("x86_64", "amd64"):
        os.environ.update(_SUMMED)


def load_numba() -> None:
    """Load numba, without what no kernel here needs, and tell a waiting person if it compiles.

    numba imports scipy.linalg, which takes as long as numba itself, only to know whether a matrix
    product could be compiled. A placeholder answers; it is gone when this returns, and numba
    imports the real module where it compiles a matrix product.
    """
    if _ASKED_FOR in sys.modules:
        return
    sys.modules[_ASKED_FOR] = ModuleType(_ASKED_FOR)
    try:
        import numba.np.arraymath  # noqa: F401  # which asks
    finally:
        del sys.modules[_ASKED_FOR]
    if sys.stderr.isatty():
        _tell_of_compiling()


def _tell_of_compiling() -> None:
    from numba.core import event

    class Teller(event.Listener):
        told = False

        def on_start(self, _: Event) -> None:
            if not self.told:
                sys.stderr.write("compiling for this machine, once: it takes a minute or two\n")
                self.told = True

        def on_end(self, _: Event) -> None:
            """Nothing to tell."""

    event.register("numba:compile", Teller())  # type: ignore[no-untyped-call]  # numba's
