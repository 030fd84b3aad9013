"""The sentiment of texts: vaderSentiment's four numbers, to the last digit, in linear time.

VADER is a lexicon of words with a valence and a handful of rules. The reference looks at all
words again for every word, so its time grows with the square of a text's length; here a batch is
scored by compiled kernels in one pass over its bytes (n log n in the words around a "but").
Lexicon, emoji and constants are those of the installed package: none of its data is kept here.

The numbers equal those of ``SentimentIntensityAnalyzer.polarity_scores``, quirks included:

* **Emoji** are described one code point at a time. A description does not end a word: a heart
  with a variation selector is "red heart" with the selector stuck to "heart", so not in the
  lexicon; nor are flags and skin tones, which take several code points.
* **Words** are what ``str.split`` leaves, without ASCII punctuation at both ends unless two
  characters or fewer would be left: ":)" stays, but so does "no!", which then is not "no".
* **Never met** are entries of the lexicon with capitals or spaces, such as ":D" and "fed up".
* **Capitals** are those of ``str.isupper`` (":D" is a word in capitals), and count where some
  words of the text, but not all, are in capitals.
* **Boosters** ("very") have no valence of their own, nor has "kind" before "of".
* **"no"** negates a word one or two places after it, or three with "or" or "nor" right before the
  word, and is itself negative unless the next word is in the lexicon.
* **Negations** include every word with "n't" in it. From three places before a word "never so"
  is meant to strengthen it, but "so" or "this" right before the word is enough, and whatever
  stands three places before then does not negate.
* **Phrases** ("the bomb", "kind of") are looked for only from the fourth word on, where the word
  three places before is not in the lexicon. They replace all that was found out before.
* **"least"** negates the next word, "at least" and "very least" do not.
* **"but"**, the first one, halves the values before it and adds half to those after it, yet
  changes for each value the first *equal* one of the text; see `moderation.sentiment.but`.
* **"!" and "?"** are counted wherever they stand, also in the description of an emoji.
* **Rounding** is Python's ``round`` of the exact binary value, and may end in −0.0.

One thing differs between interpreters: from Python 3.12 on ``sum`` makes up for rounding, so the
reference itself changes. Seldom, but then by much: where values cancel out, rounding decides on
which side of zero a text stands, and so whether its "!" add or subtract. Here values are added
from left to right, as up to Python 3.11, on every interpreter.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from moderation.sentiment import kernels, tables
from moderation.texts import Texts


class Words(NamedTuple):
    """Words that are not neutral, in the order of the texts and within each.

    Attributes:
        row: int64[m], the text that each is in.
        begin: int64[m], its first code point in that text.
        end: int64[m], one past its last.
        valence: float64[m], below 0 negative, above positive.
    """

    row: NDArray[np.int64]
    begin: NDArray[np.int64]
    end: NDArray[np.int64]
    valence: NDArray[np.float64]


def score(texts: Texts) -> NDArray[np.float64]:
    """The sentiment of texts as they were written, not folded: capitals and emoji count.

    The memory it needs besides its result is at most 20 bytes for each character of the longest
    text, its emoji described.

    Returns:
        float64[n, 4], in the order of `columns.SENTIMENT`: compound (−1 negative … 1 positive),
        and the shares that are negative, neutral and positive (0…1, each rounded). All zero for
        a text without words.

    Example:
        >>> score(Texts.of(["What a GREAT day!", "It was not good 😀"]))
        array([[ 0.729 ,  0.    ,  0.369 ,  0.631 ],
               [-0.5448,  0.53  ,  0.47  ,  0.    ]])
    """
    return kernels.scores(texts.data, texts.offsets, tables.load())


def words(texts: Texts) -> Words:
    """The words that make texts positive or negative, with what each comes to after all rules.

    Example:
        >>> found = words(Texts.of(["Yes and no", "It was GREAT, not bad at all"]))
        >>> found.row.tolist(), found.begin.tolist(), found.end.tolist()
        ([0, 0, 1, 1], [0, 8, 7, 18], [3, 10, 12, 21])
        >>> found.valence[2:]
        array([3.833, 1.85 ])
    """
    return Words(*kernels.words(texts.data, texts.offsets, tables.load()))
