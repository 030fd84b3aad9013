"""The model: folded texts in, six calibrated scores out, with name, version and digest."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moderation.columns import HEADS
from moderation.errors import ModelError
from moderation.instructions import LINE
from moderation.texts import Texts
from moderation.toxicity import explain, loops, marking, network
from moderation.toxicity.phrases import Phrases
from moderation.toxicity.weights import Weights

_PACKAGED = Path(__file__).parent.parent / "assets" / "model"


class Model:
    """Scores folded texts.

    Attributes:
        name: What the model is called.
        version: Raised with every training that is published.
        digest: SHA-256 of the weights, in hexadecimal.
        heads: The scores' names, in the order of the columns of :meth:`score`.
        weights: The arrays as they are kept.
        network: The arrays that the kernels read.
    """

    heads: tuple[str, ...] = HEADS

    def __init__(self, weights: Weights, name: str, version: str) -> None:
        self.weights = weights
        self.name = name
        self.version = version
        self.digest = weights.digest()
        self.network = _network(weights)

    @classmethod
    def load(cls, path: Path | None = None) -> Model:
        """The packaged model, or the one in a folder.

        Raises:
            ModelError: Files are missing or damaged, or for other heads.

        Example:
            >>> Model.load().heads[:2]
            ('toxicity', 'severe_toxicity')
        """
        folder = _PACKAGED if path is None else Path(path)
        weights, header = Weights.load(folder)
        if header["heads"] != list(HEADS):
            raise ModelError(
                f"the model scores {header['heads']}, not {', '.join(HEADS)}",
                path=folder,
                mend="make it again with moderation train",
            )
        return cls(weights, header["name"], header["version"])

    @staticmethod
    def load_card(path: Path | None = None) -> str:
        """The card of the packaged model, or of the one in a folder, as Markdown.

        Raises:
            ModelError: There is none.
        """
        card = (_PACKAGED if path is None else Path(path)) / "card.md"
        try:
            return card.read_text("utf-8")
        except OSError:
            mend = "make the model again with moderation train"
            raise ModelError("the model has no card", path=card, mend=mend) from None

    @property
    def identity(self) -> str:
        """Name, version and the digest's first twelve digits: what a scored row carries."""
        return f"{self.name}@{self.version} {self.digest[:12]}"

    def logits(self, folded: Texts) -> NDArray[np.float64]:
        """Uncalibrated logits, [n, 6]: the network's, and what a threatening phrase adds."""
        out = np.empty((len(folded), loops.LANES), np.float32)
        network.logits(self.network, folded.data, folded.offsets, out)
        return out[:, : len(HEADS)].astype(np.float64)

    def score(self, folded: Texts) -> NDArray[np.float64]:
        """Calibrated scores, [n, 6], each 0…1: the share of readers who would call it so.

        Linear in the bytes of the texts; the same on every machine.
        """
        return self.calibrated(self.logits(folded))

    def calibrated(self, logits: NDArray[np.float64]) -> NDArray[np.float64]:
        """Logits [n, 6] turned into probabilities."""
        evened = logits * self.weights.slope + self.weights.offset
        probabilities: NDArray[np.float64] = (1 + np.tanh(evened / 2)) / 2  # cannot overflow
        return probabilities

    def contributions(self, folded: Texts, head: str) -> NDArray[np.float32]:
        """What each byte of the buffer adds to a head's uncalibrated logit.

        A token's contribution is spread evenly over its bytes, with what stands between where it is
        said again at once. Exact, not an estimate: with the windows that reached each filter's peak
        held fixed, the logit is a sum over tokens, so the bytes of a text and its
        :meth:`intercepts` entry add up to its logit.

        Raises:
            ValueError: There is no such head.
        """
        return explain.contributions(self.network, folded, HEADS.index(head))[0]

    def intercepts(self, folded: Texts, head: str) -> NDArray[np.float64]:
        """The part of each text's logit that no token carries, [n]."""
        return explain.contributions(self.network, folded, HEADS.index(head))[1]

    def mark(
        self, folded: Texts, head: str
    ) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
        """The words that carry a head's score, as (row, begin, end): bytes in that row's text.

        Neighbouring marked words are one span.

        Raises:
            ValueError: There is no such head.
        """
        return marking.mark(self.network, self.weights, folded, HEADS.index(head))


def _network(weights: Weights) -> network.Network:
    """The kernels' arrays, made from what is kept."""
    columns = _in_lines((loops.DEPTH, loops.WIDTH), np.float32)
    products = np.hstack([weights.columns.reshape(loops.DEPTH, -1), weights.direct])
    columns[:, : products.shape[1]] = products / loops.UNIT
    linear = np.rint(weights.linear * (weights.linear_scale / loops.UNIT)).astype(np.int64)
    expanded = _in_lines((len(weights.words), loops.WIDTH), np.int16)
    network.expand(weights.words, weights.word_scale, columns, linear, expanded)
    return network.Network(
        slots=network.slots_of(weights.keys, 1 << (2 * len(weights.words)).bit_length()),
        products=expanded,
        grams=weights.grams,
        scale=weights.gram_scale,
        columns=columns,
        thresholds=np.clip(
            np.rint(weights.thresholds / loops.UNIT), -loops.LARGEST, loops.LARGEST
        ).astype(np.int16),
        answers=_padded(weights.answers * loops.UNIT),
        bias=_padded(weights.bias),
        phrases=Phrases.of(weights.phrases, weights.whole),
        spoken=_padded(weights.spoken),
    )


def _padded(table: NDArray[np.float32]) -> NDArray[np.float32]:
    """An array with its heads, on the last axis, filled up with zeros to loops.LANES."""
    wanted = [(0, 0)] * (table.ndim - 1) + [(0, loops.LANES - table.shape[-1])]
    return np.ascontiguousarray(np.pad(table, wanted))


def _in_lines(shape: tuple[int, int], kind: type[np.generic]) -> NDArray[Any]:
    """A table of 0 that begins where a line of the cache does: no vector of it lies in two."""
    size = math.prod(shape) * np.dtype(kind).itemsize
    room = np.zeros(size + LINE, np.uint8)
    begin = -room.ctypes.data % LINE
    return room[begin : begin + size].view(kind).reshape(shape)
