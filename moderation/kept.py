"""Arrays that take long to make, kept on disk from one run to the next.

They lie where the compiled kernels lie: in the folder that ``NUMBA_CACHE_DIR`` names, else in
``__pycache__``, else, where that cannot be written, in the user's cache. They are trusted as much
as those kernels, but only read as plain arrays. What is damaged, or made of other files than
those that are there now, is made again; where nothing can be written, it is made in every process.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[Any]]

_STAMP = "made of"
_FAULTS = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile)


def kept(name: str, made_of: Iterable[Path], make: Callable[[], Arrays]) -> Arrays:
    """Arrays by name: those that an earlier run made and kept, else those made now.

    Args:
        name: What they are called on disk.
        made_of: The files that decide what is made, code among them: when the size or the time
            of one changes, so may the arrays.
        make: Makes them.

    Example:
        >>> import moderation.kept
        >>> kept("example", [Path(moderation.kept.__file__)], lambda: {"ones": np.ones(3)})["ones"]
        array([1., 1., 1.])
    """
    path = folder() / f"{name}.npz"
    seen = [file.stat() for file in made_of]
    stamp = np.array([[each.st_size, each.st_mtime_ns] for each in seen])
    with suppress(*_FAULTS), path.open("rb") as file, np.load(file, allow_pickle=False) as held:
        if np.array_equal(held[_STAMP], stamp):
            return {key: held[key] for key in held.files if key != _STAMP}
    arrays = make()
    everything: dict[str, Any] = {_STAMP: stamp, **arrays}
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f"{path.name}.{os.getpid()}")
        with unfinished.open("wb") as new:
            np.savez(new, **everything)
        unfinished.replace(path)
    return arrays


def folder() -> Path:
    """Where arrays are kept."""
    if named := os.environ.get("NUMBA_CACHE_DIR"):
        return Path(named)
    package = Path(__file__).parent
    beside = package / "__pycache__"
    if os.access(beside if beside.exists() else package, os.W_OK):
        return beside
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "moderation")
