"""The detector's tables: made once of the model that py3langid ships, then kept on disk.

py3langid (BSD) counts byte n-grams with an automaton and asks a naive Bayes model. Its file is
small but takes a third of a second to unpack, and the automaton alone fills 40 MB. The tables
made of it here say the same, bit for bit, in half the memory, and are read in an instant: a state
of the automaton is nothing but the last bytes read, six at most, so a hash table of those replaces
it, and the weights fit into 16-bit numbers.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from moderation.kept import kept
from moderation.language import names
from moderation.language.names import NAMES

LONGEST = 6  # bytes of an n-gram
UNIT = 512  # weights are whole numbers of this fraction
BITS = 18  # of a slot; under half of them are filled
MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio


class Tables(NamedTuple):
    """What the detector's kernel reads.

    Attributes:
        classes: Indices into ``tuple(NAMES)``, one a column of the model.
        grams: uint64[2^BITS], the n-grams and their beginnings: a 1, then their bytes; 0 = free.
        feature: int32[2^BITS], the row of ``weights`` for the n-gram in that slot, or -1.
        weights: int16[n-grams, languages], log probabilities, in 1 / UNIT.
        prior: float32[languages], log probabilities, in 1 / UNIT.
    """

    classes: NDArray[np.int16]
    grams: NDArray[np.uint64]
    feature: NDArray[np.int32]
    weights: NDArray[np.int16]
    prior: NDArray[np.float32]


def load() -> Tables:
    """The tables, from disk if they are there, else made and kept."""
    import py3langid

    model = Path(py3langid.__file__).parent / "data" / "model.npz.xz"
    made_of = [model, Path(__file__), Path(names.__file__)]
    return Tables(**kept("language", made_of, lambda: made(model)._asdict()))


def made(model: Path) -> Tables:
    """Tables that say what a model file of py3langid says."""
    from py3langid.langid import LanguageIdentifier

    library = LanguageIdentifier.from_model_file(model)
    codes = tuple(NAMES)
    columns = [column for column, code in enumerate(library.nb_classes) if code in NAMES]
    moves = np.asarray(library.tk_nextmove, np.uint32).reshape(-1, 256)
    grams = _spelled(moves, np.asarray(library.tk_row))
    slots = _slots(grams)
    table, feature = np.zeros(1 << BITS, np.uint64), np.full(1 << BITS, -1, np.int32)
    table[slots] = grams
    feature[slots] = library.tk_output
    return Tables(
        np.array([codes.index(library.nb_classes[column]) for column in columns], np.int16),
        table,
        feature,
        # The library keeps a language's weights together; asked for are those of an n-gram.
        np.rint(library.nb_ptc[:, columns].astype(np.float32) * UNIT).astype(np.int16, order="C"),
        library.nb_pc[columns].astype(np.float32) * UNIT,
    )


def _spelled(moves: NDArray[np.uint32], row: NDArray[np.integer]) -> NDArray[np.uint64]:
    """The bytes that lead to each state of the automaton from its start, as one number each."""
    spelled = np.zeros(len(row), np.uint64)
    spelled[0] = 1
    front = np.zeros(1, np.int64)
    while len(front):
        following = moves[row[front]].ravel()
        new = np.flatnonzero(spelled[following] == 0)  # none is new that fewer bytes lead to
        before, byte = spelled[front[new // 256]], (new % 256).astype(np.uint64)
        spelled[following[new]] = (before << np.uint64(8)) | byte
        front = np.unique(following[new])
    return spelled


def _slots(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    """A slot of its own for each key: the first free one from where its hash points."""
    taken = np.zeros(1 << BITS, np.uint64)
    slots = ((keys * MULTIPLIER) >> np.uint64(64 - BITS)).astype(np.int64)
    left = np.arange(len(keys))
    while len(left):
        free = left[taken[slots[left]] == 0]
        taken[slots[free]] = keys[free]  # of several that want one slot, the last gets it
        left = left[taken[slots[left]] != keys[left]]
        slots[left] = (slots[left] + 1) % len(taken)
    return slots
