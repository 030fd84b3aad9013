from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from moderation.kept import Arrays, folder, kept

MADE = {"weights": np.arange(12, dtype=np.int16).reshape(3, 4), "names": np.array(["a", "ß"])}


class Maker:
    """Makes the arrays, and counts how often."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> Arrays:
        self.times += 1
        return MADE


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that the arrays are made of; they are kept in a folder that is not there yet."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "cache" / "deep"))
    source = tmp_path / "source"
    source.write_text("one")
    return source


def same(arrays: Arrays) -> bool:
    return arrays.keys() == MADE.keys() and all(np.array_equal(arrays[n], MADE[n]) for n in MADE)


def test_what_was_made_is_read_again(source: Path) -> None:
    make = Maker()
    assert all(same(kept("x", [source], make)) for _ in range(3))
    assert make.times == 1
    assert [path.name for path in folder().iterdir()] == ["x.npz"]


@pytest.mark.parametrize("damage", [b"", b"PK", b"\x93NUMPY", b"\x80\x04K\x01.", None], ids=repr)
def test_what_is_damaged_is_made_again(source: Path, damage: bytes | None) -> None:
    make, path = Maker(), folder() / "x.npz"
    kept("x", [source], make)
    path.write_bytes(path.read_bytes()[:-50] if damage is None else damage)
    assert same(kept("x", [source], make))
    assert same(kept("x", [source], make))
    assert make.times == 2


def test_what_was_made_of_other_files_is_made_again(source: Path) -> None:
    make = Maker()
    kept("x", [source], make)
    source.write_text("two, longer")
    kept("x", [source], make)
    os.utime(source, ns=(1, 1))
    kept("x", [source], make)
    kept("x", [source, source], make)
    assert make.times == 4


def test_arrays_are_never_unpickled(source: Path) -> None:
    make, path = Maker(), folder() / "x.npz"
    kept("x", [source], make)
    held = dict(np.load(path))
    np.savez(path, **{**held, "weights": np.array([object()])}, allow_pickle=True)
    assert same(kept("x", [source], make))
    assert make.times == 2


def test_they_are_made_where_nothing_can_be_written(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(source))
    make = Maker()
    assert same(kept("x", [source], make))
    assert same(kept("x", [source], make))
    assert make.times == 2


def test_the_user_s_cache_serves_where_the_package_cannot_be_written(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    assert folder().name == "__pycache__"
    monkeypatch.setattr(os, "access", lambda *_: False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(source.parent))
    assert folder() == source.parent / "moderation"
