"""Folding texts, and the way back to the original."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moderation import lexicon
from moderation.kept import kept
from moderation.lanes import WIDTH
from moderation.normalise.characters import characters
from moderation.normalise.kit import Kit, packed, with_room
from moderation.normalise.passes import fold_all
from moderation.normalise.vocabulary import ASSETS, vocabulary
from moderation.texts import Texts

_GROWTH = 4
"""Folded bytes of a text, at most, a byte of the original."""


@dataclass(frozen=True, slots=True)
class Folded:
    """Texts without disguise.

    Attributes:
        texts: The folded texts, as many as there were.
        evasions: int32[n], disguised words that were undone in each.
        links: int32[n], web addresses in each.
        begin: int32[bytes] or None without trace: for each folded byte, where the bytes of the
            original that it stands for begin, from the start of its text…
        end: int32[bytes] or None: …and end. Both ascend within a text.
        spans: int32[sum of evasions, 2] or None: where each undone disguise begins and ends in
            its original, text after text.
        link_spans: int32[sum of links, 2] or None: the same of each web address.
    """

    texts: Texts
    evasions: NDArray[np.int32]
    links: NDArray[np.int32]
    begin: NDArray[np.int32] | None = None
    end: NDArray[np.int32] | None = None
    spans: NDArray[np.int32] | None = None
    link_spans: NDArray[np.int32] | None = None


def fold(texts: Texts, *, trace: bool = False) -> Folded:
    """Undo the disguises in texts.

    Args:
        texts: Any texts.
        trace: Whether to keep, for each folded byte, what it stands for in the original.

    Example:
        >>> folded = fold(Texts.of(["You STUUUPID f.u.c.k, see www.a.com"]), trace=True)
        >>> folded.texts[0], folded.evasions[0], folded.links[0]
        ('you stupid fuck, see www.a.com', np.int32(2), np.int32(1))
        >>> folded.spans
        array([[ 4, 12],
               [13, 20]], dtype=int32)
        >>> folded.link_spans
        array([[26, 35]], dtype=int32)
    """
    longest = int(np.diff(texts.offsets).max(initial=0))
    kit = with_room(_tables(), _GROWTH * longest)
    data, offsets, evasions, links, *traced = fold_all(
        texts.data, texts.offsets, trace, _GROWTH * longest + 2 * WIDTH, kit
    )
    folded = Texts(data, offsets)
    if not trace:
        return Folded(folded, evasions, links)
    begin, end, spans, link_spans = traced
    return Folded(
        folded, evasions, links, begin, end, spans.reshape(-1, 2), link_spans.reshape(-1, 2)
    )


@lru_cache(maxsize=1)
def _tables() -> Kit:
    """The tables of words and characters, from disk where an earlier process made them.

    Each Unicode database has its own: another Python, which may know other characters, makes them
    anew.
    """
    made_of = [*sorted(Path(__file__).parent.glob("*.py")), Path(lexicon.__file__), *ASSETS]
    return Kit(**kept(f"folding-{unicodedata.unidata_version}", made_of, _made))


def _made() -> dict[str, NDArray[Any]]:
    return packed({**vocabulary(), **characters()})._asdict()
