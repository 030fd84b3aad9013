"""The weights as they lie on disk: arrays and a header, checked by digest, never unpickled.

A folder with ``weights.npz`` (arrays) and ``model.json`` (name, version, heads, digest). The digest
is of the arrays' names, types, shapes and bytes, so it does not depend on how they were compressed.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moderation.columns import HEADS
from moderation.errors import ModelError
from moderation.toxicity.loops import DEPTH, FILTERS
from moderation.toxicity.marking import EVIDENCE

FORMAT = 6  # raised when the arrays' meaning changes
_ARRAYS, _HEADER = "weights.npz", "model.json"
_NAMED = ("name", "version", "format", "heads", "sha256")
_MEND = "reinstall the package, or make the model again with moderation train"


_SHAPES = (
    ("keys", np.uint64, "V"),
    ("words", np.int8, "VD"),
    ("word_scale", np.float32, "D"),
    ("linear", np.int8, "VH"),
    ("linear_scale", np.float32, "H"),
    ("grams", np.int8, "RD"),
    ("gram_scale", np.float32, "D"),
    ("columns", np.float32, "D3K"),
    ("direct", np.float32, "DH"),
    ("thresholds", np.float32, "K"),
    ("answers", np.float32, "KH"),
    ("bias", np.float32, "H"),
    ("phrases", np.uint64, "P"),
    ("whole", np.bool_, "P"),
    ("spoken", np.float32, "H"),
    ("slope", np.float64, "H"),
    ("offset", np.float64, "H"),
    ("telling", np.int8, "V"),
    ("marking", np.float32, "M"),
    ("marking_above", np.float32, "1"),
)
"""A sign for each axis of an array; the same sign is the same size. The kernels rely on it."""
_SIZES = {"D": DEPTH, "K": FILTERS, "H": len(HEADS), "M": EVIDENCE, "3": 3, "1": 1}


@dataclass(frozen=True)
class Weights:
    """What is learnt, in the form it is kept in.

    V words, R rows of letter groups, D = loops.DEPTH, K = loops.FILTERS, H heads.
    """

    keys: NDArray[np.uint64]  # [V] hashes of the vocabulary, most frequent first
    words: NDArray[np.int8]  # [V, D] their embeddings, in word_scale
    word_scale: NDArray[np.float32]  # [D]
    linear: NDArray[np.int8]  # [V, H] what each adds beside its embedding, in linear_scale
    linear_scale: NDArray[np.float32]  # [H]
    grams: NDArray[np.int8]  # [R, D] embeddings of letter groups, in gram_scale
    gram_scale: NDArray[np.float32]  # [D]
    columns: NDArray[np.float32]  # [D, 3, K] left, middle, right
    direct: NDArray[np.float32]  # [D, H] what an embedding adds by itself, see network.root_of
    thresholds: NDArray[np.float32]  # [K]
    answers: NDArray[np.float32]  # [K, H] to the peaks
    bias: NDArray[np.float32]  # [H]
    phrases: NDArray[np.uint64]  # [P] beginnings of threatening phrases, see phrases.threatening
    whole: NDArray[np.bool_]  # [P] whether one is a phrase
    spoken: NDArray[np.float32]  # [H] what a text with such a phrase adds to a logit, once
    slope: NDArray[np.float64]  # [H] calibration: logit · slope + offset
    offset: NDArray[np.float64]  # [H]
    telling: NDArray[np.int8]  # [V] how often people marked the word: see marking.told
    marking: NDArray[np.float32]  # [M] what marks a word: marking.evidence times this …
    marking_above: NDArray[np.float32]  # [1] … above this

    def digest(self) -> str:
        """SHA-256 over names, types, shapes and contents, in hexadecimal."""
        state = hashlib.sha256()
        for field in fields(self):
            array = np.ascontiguousarray(getattr(self, field.name))
            state.update(f"{field.name} {array.dtype.str} {array.shape}\n".encode())
            state.update(array.tobytes())
        return state.hexdigest()

    def save(self, folder: Path, name: str, version: str, heads: tuple[str, ...]) -> str:
        """Write both files into ``folder``; returns the digest."""
        folder.mkdir(parents=True, exist_ok=True)
        arrays: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        np.savez_compressed(folder / _ARRAYS, **arrays)
        digest = self.digest()
        header = {
            "name": name,
            "version": version,
            "format": FORMAT,
            "heads": list(heads),
            "sha256": digest,
        }
        (folder / _HEADER).write_text(json.dumps(header, indent=2) + "\n", encoding="utf-8")
        return digest

    @classmethod
    def load(cls, folder: Path) -> tuple[Weights, dict[str, Any]]:
        """Arrays and header of a folder.

        Raises:
            ModelError: A file is missing or damaged, or of another format.
        """
        try:
            header = json.loads((folder / _HEADER).read_text(encoding="utf-8"))
            header = {name: header[name] for name in _NAMED}
            if header["format"] != FORMAT:
                raise ModelError(
                    f"the model is of format {header['format']}, not {FORMAT}",
                    path=folder,
                    mend="use the version of moderation it was made with, or make it again",
                )
            with (folder / _ARRAYS).open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                weights = cls(**{field.name: arrays[field.name] for field in fields(cls)})
        except FileNotFoundError as error:
            missing = error.filename or folder
            raise ModelError("no such model file", path=missing, mend=_MEND) from None
        except ModelError:
            raise
        except Exception as error:  # an archive that is damaged may raise whatever there is
            raise ModelError(f"the model is damaged ({error})", path=folder, mend=_MEND) from None
        if header["sha256"] != weights.digest():
            message = "the weights do not have the digest that model.json names"
            raise ModelError(message, path=folder, mend=_MEND)
        if misfit := weights._misfit():
            message = f"the weights' {misfit} have a shape or type that does not go with the rest"
            raise ModelError(message, path=folder, mend=_MEND)
        return weights, header

    def _misfit(self) -> str | None:
        """The first array that does not go with the others."""
        sizes = dict(_SIZES)
        for name, kind, axes in _SHAPES:
            array = getattr(self, name)
            fits = array.dtype == kind and array.ndim == len(axes)
            if not fits or any(
                sizes.setdefault(axis, size) != size
                for axis, size in zip(axes, array.shape, strict=True)
            ):
                return name
        return None
