"""Weights on disk: the same bytes again, and no damage goes unnoticed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from moderation.columns import HEADS
from moderation.errors import ModelError
from moderation.toxicity import Model
from moderation.toxicity.weights import Weights
from tests.toxicity.reference import random_weights


def test_weights_come_back_as_they_were(tmp_path: Path) -> None:
    digest = random_weights().save(tmp_path, "tiny", "7", HEADS)
    model = Model.load(tmp_path)
    assert (model.name, model.version, model.digest) == ("tiny", "7", digest)
    assert model.identity == f"tiny@7 {digest[:12]}"
    assert model.heads == HEADS


def test_saving_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        random_weights().save(tmp_path / name, "tiny", "0", HEADS)
    first, second = ((tmp_path / name / "weights.npz").read_bytes() for name in ("a", "b"))
    assert first == second


def with_header(folder: Path, **changes: object) -> None:
    path = folder / "model.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


DAMAGE = {
    "no header": (lambda folder: (folder / "model.json").unlink(), "no such model file"),
    "no arrays": (lambda folder: (folder / "weights.npz").unlink(), "no such model file"),
    "torn arrays": (
        lambda folder: (folder / "weights.npz").write_bytes(
            (folder / "weights.npz").read_bytes()[:500]
        ),
        "damaged",
    ),
    "not arrays": (lambda folder: (folder / "weights.npz").write_text("x"), "damaged"),
    "not JSON": (lambda folder: (folder / "model.json").write_text("{"), "damaged"),
    "a list": (lambda folder: (folder / "model.json").write_text("[]"), "damaged"),
    "no name": (lambda folder: (folder / "model.json").write_text('{"format": 1}'), "damaged"),
    "heads of nothing": (lambda folder: with_header(folder, heads=None), "scores None"),
    "another digest": (lambda folder: with_header(folder, sha256="0" * 64), "digest"),
    "another format": (lambda folder: with_header(folder, format=99), "of format 99"),
    "other heads": (lambda folder: with_header(folder, heads=["rudeness"]), "rudeness"),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_a_damaged_model_says_what_is_wrong_and_how_to_mend_it(what: str, tmp_path: Path) -> None:
    random_weights().save(tmp_path, "tiny", "0", HEADS)
    damage, message = DAMAGE[what]
    damage(tmp_path)
    with pytest.raises(ModelError, match=message) as caught:
        Model.load(tmp_path)
    assert caught.value.mend


@pytest.mark.parametrize("name", ["columns", "word_scale", "whole", "marking"])
def test_arrays_that_do_not_go_together_are_refused(name: str, tmp_path: Path) -> None:
    weights = random_weights()
    replace(weights, **{name: getattr(weights, name)[..., :-1]}).save(tmp_path, "tiny", "0", HEADS)
    with pytest.raises(ModelError, match=f"weights' {name}"):
        Model.load(tmp_path)


def test_whatever_byte_is_another_the_model_is_damaged(tmp_path: Path) -> None:
    random_weights().save(tmp_path, "tiny", "0", HEADS)
    file = tmp_path / "weights.npz"
    whole, chance = file.read_bytes(), np.random.default_rng(0)
    for at in chance.integers(len(whole), size=200):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << at % 8)]) + whole[at + 1 :])
        try:
            weights, _ = Weights.load(tmp_path)
        except ModelError:
            continue
        assert weights.digest() == random_weights().digest()


def test_one_changed_number_is_another_digest() -> None:
    weights = random_weights()
    other = replace(weights, bias=weights.bias + np.float32(1e-6))
    assert weights.digest() != other.digest()
