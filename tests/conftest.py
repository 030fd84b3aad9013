"""Fixtures that every test may use."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def _shared(folder: Path, what: str) -> Path:
    """A folder that only the project's own machines hold: skip elsewhere, fail in CI."""
    if not folder.is_dir():
        reason = f"{what} are third-party texts, not part of the project: {folder} is absent"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The labelled data, see data/README.md; MODERATION_DATA names the folder."""
    default = ROOT.parent / "shared" / "data"
    return _shared(Path(os.environ.get("MODERATION_DATA", default)), "the labelled data")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Real pages and exports of comment systems."""
    return _shared(ROOT.parent / "shared", "real pages and exports")


@pytest.fixture
def no_collections() -> Iterator[None]:
    """Nothing is timed while garbage is looked for among what all other tests left."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()
