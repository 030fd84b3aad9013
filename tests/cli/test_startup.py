from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

import pytest


def printed(script: str) -> tuple[str, str]:
    """What a process of its own prints on stdout and stderr."""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return done.stdout, done.stderr


def test_numba_is_loaded_without_scipy_and_still_multiplies_matrices() -> None:
    script = """
import sys
from moderation.cli import startup
startup.load_numba()
print("scipy.linalg" in sys.modules, "scipy.linalg.cython_blas" in sys.modules)
import numba, numpy
product = numba.njit(lambda a, b: a @ b)(numpy.eye(2), numpy.full((2, 2), 3.0))
print(product.tolist(), hasattr(sys.modules["scipy.linalg.cython_blas"], "__pyx_capi__"))
"""
    assert printed(script)[0] == "False False\n[[3.0, 3.0], [3.0, 3.0]] True\n"


@pytest.mark.parametrize(("terminal", "times"), [(True, 1), (False, 0)])
def test_compiling_is_told_once_and_only_to_a_person(terminal: bool, times: int) -> None:
    script = f"""
import sys
sys.stderr.isatty = lambda: {terminal}
from moderation.cli import startup
startup.load_numba()
import numba
for number in range(3):
    assert numba.njit(lambda: number)() == number
"""
    assert printed(script)[1].count("compiling for this machine, once") == times


@pytest.mark.skipif(
    platform.machine().lower() not in ("x86_64", "amd64"), reason="another kind of processor"
)
def test_training_sums_alike_on_every_processor(tmp_path: Path) -> None:
    script = f"""
import moderation.cli
assert moderation.cli.run(["train", "--data", {str(tmp_path)!r}, "-o", {str(tmp_path)!r}]) == 2
import scipy.linalg, threadpoolctl
for library in threadpoolctl.threadpool_info():
    if library["internal_api"] == "openblas":
        print(library["architecture"], library["num_threads"])
"""
    assert set(printed(script)[0].splitlines()) <= {"Nehalem 1"}
