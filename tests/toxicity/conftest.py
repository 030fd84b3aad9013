"""The model that most tests ask."""

from __future__ import annotations

import pytest

from moderation.toxicity import Model
from tests.toxicity.reference import random_weights


@pytest.fixture(scope="module")
def tiny() -> Model:
    return Model(random_weights(), "tiny", "0")
