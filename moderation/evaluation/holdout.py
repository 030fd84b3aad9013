"""What training must never see: the evaluation sets, a fold held out, and near-duplicates of both.

Training drops whatever :func:`leaks` names; evaluation measures on what it protects, and beside it
on readers' votes, which are learnt from as questions of their own and said to be. Two texts are
near-duplicates when one holds at least 70 % of the other's runs of four words. An evaluation text
under eight words leaks only where a training text equals it or lies within it:
that a long comment happens to hold "thank you very much" makes it no copy.
"""

from __future__ import annotations

import hashlib
import os
import re
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from moderation.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

SETS: dict[str, tuple[str, ...]] = {
    "jigsaw_natural_dev": ("text",),
    "jigsaw_test_dev": ("text",),
    "news_insults_dev": ("text",),
    "toxic_spans_dev": ("text",),
    "noisyhate_dev": ("clean", "perturbed"),
    "identity_templates_dev": ("phrase",),
    "wikipedia_context_perspective": ("text",),
    "perspective_wikipedia_2k": ("comment_text",),
    "globe_and_mail_dev": ("comment",),
    "surge_social_1000": ("text",),
    "german_comments_1000": ("text",),
    "vader_ground_truth": ("text",),
    "tweet_sentiment_dev": ("text",),
    "contrasts": ("text",),
}
"""The evaluation sets: file name and its columns of text."""

CONTRASTS = "contrasts"
WRITTEN = Path(__file__).parents[2] / "data" / "contrasts"
"""Folder of the comments written for this project; it is in the repository, not in the wheel."""

PAIRS, VOTES = "paradetox_pairs", "civil_graded"
PAIR_COLUMNS = ("toxic", "neutral1", "neutral2", "neutral3")

FOLDS = 10
RUN = 4
CONTAINED = 0.7
LONG_ENOUGH = 8
_ROWS_AT_ONCE = 10_000
_WORD = re.compile(r"\w+")
_KINDS = {"training": "int64", "evaluation": "int64", "contained": "float64"}

Runs = tuple[NDArray[np.int64], NDArray[np.uint64]]


def data_folder() -> Path:
    """Where the labelled data lies: MODERATION_DATA, or ``../shared/data``."""
    return Path(os.environ.get("MODERATION_DATA", "../shared/data"))


def load_set(data: Path, name: str) -> pd.DataFrame:
    """One labelled file as a frame; the contrasts are read from the repository.

    Raises:
        InputError: The file is not there.
    """
    import pandas as pd

    path = _path(data, name)
    return pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)


def checked_out(path: Path) -> Path:
    """A file of the repository's ``data/``.

    Raises:
        InputError: It is not there: this is no checkout.
    """
    return _present(path, "work in a checkout of the repository")


def _path(data: Path, name: str) -> Path:
    """Where a labelled file lies."""
    if name == CONTRASTS:
        return checked_out(WRITTEN / "held_out.csv")
    return _present(data / f"{name}.parquet", "set MODERATION_DATA to its folder")


def _present(path: Path, mend: str) -> Path:
    if not path.is_file():
        raise InputError("no such data file", path=path, mend=mend)
    return path


def load_digests(data: Path) -> dict[str, str]:
    """SHA-256, in hex, of every labelled file that anything is measured on."""
    paths = [_path(data, name) for name in (*SETS, PAIRS, VOTES)]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def held_out(text: str) -> bool:
    """Whether a pair whose toxic sentence is ``text`` belongs to the tenth never trained on.

    Decided by a checksum of the sentence, whatever its case.

    Example:
        >>> held_out("WHAT UTTER RUBBISH") == held_out("what utter rubbish")
        True
    """
    return zlib.crc32(text.lower().encode("utf-8", "replace")) % FOLDS == 0


def load_held_out_pairs(data: Path) -> pd.DataFrame:
    """The pairs of a toxic sentence and its neutral rewrites that no training may use."""
    pairs = load_set(data, PAIRS)
    return pairs[pairs["toxic"].map(held_out)].reset_index(drop=True)


def load_evaluation_texts(data: Path) -> list[str]:
    """Every text that must not be learnt from: the sets and the held-out pairs, without repeats."""
    frames = [(load_set(data, name), columns) for name, columns in SETS.items()]
    frames.append((load_held_out_pairs(data), PAIR_COLUMNS))
    texts = [frame[column].dropna() for frame, columns in frames for column in columns]
    return list(dict.fromkeys(text for column in texts for text in column))


def leaks(training: Sequence[str], evaluation: Sequence[str]) -> pd.DataFrame:
    """The training texts that equal or nearly equal an evaluation text.

    Args:
        training: Texts a model is to be trained on.
        evaluation: Texts it is to be measured on.

    Returns:
        One row for each training text that leaks: ``training`` and ``evaluation``, the positions
        of the text and of the evaluation text nearest to it, and ``contained``, the share (0…1)
        of the one's four-word runs that the other holds; 1 where their words are the same.

    Example:
        >>> seen = ["You lot could not run a bath, never mind this city council!", "Quite so."]
        >>> leaks(seen, ["quite so", "a council"]).to_dict("records")
        [{'training': 1, 'evaluation': 0, 'contained': 1.0}]
    """
    import pandas as pd

    vocabulary: dict[str, int] = {}
    near = _near(_runs(training, vocabulary), _runs(evaluation, vocabulary))
    found = pd.concat([_equal(training, evaluation), near], ignore_index=True)
    found = found.sort_values(["training", "contained"], ascending=[True, False], kind="stable")
    return found.drop_duplicates("training").reset_index(drop=True)


def _normal(text: str) -> str:
    return " ".join(_WORD.findall(text.lower()))


def _equal(training: Sequence[str], evaluation: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    known = {_normal(text): i for i, text in enumerate(evaluation)}
    known.pop("", None)
    here = [(row, known.get(_normal(text))) for row, text in enumerate(training)]
    rows = [(row, there, 1.0) for row, there in here if there is not None]
    return pd.DataFrame(rows, columns=list(_KINDS)).astype(_KINDS)


def _runs(texts: Sequence[str], vocabulary: dict[str, int]) -> Runs:
    """The distinct four-word runs of every text, hashed: the text's position, and the run."""
    rows, runs = [np.zeros(0, np.int64)], [np.zeros(0, np.uint64)]
    for row, text in enumerate(texts):
        found = _WORD.findall(text.lower())
        if len(found) >= RUN:
            words = np.array([vocabulary.setdefault(word, len(vocabulary)) for word in found])
            distinct = np.unique(_hashed(words.astype(np.uint64)))
            rows.append(np.full(len(distinct), row))
            runs.append(distinct)
    return np.concatenate(rows), np.concatenate(runs)


def _hashed(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """64 bits for each run of consecutive word numbers (the finaliser of MurmurHash3)."""
    count = len(words) - RUN + 1
    state = np.zeros(count, np.uint64)
    for place in range(RUN):
        state = state * np.uint64(0x9E3779B97F4A7C15) + words[place : place + count]
        state = (state ^ (state >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    return state ^ (state >> np.uint64(33))


def _near(training: Runs, evaluation: Runs) -> pd.DataFrame:
    """Pairs of texts of which one holds enough of the other, by a sparse product of their runs."""
    import pandas as pd

    known = np.unique(evaluation[1])
    texts = _incidence(evaluation, known)
    size_there = np.diff(texts.indptr)
    rows = _incidence(training, known)
    size_here = np.bincount(training[0], minlength=rows.shape[0])
    found = [pd.DataFrame({"training": [], "evaluation": [], "contained": []}).astype(_KINDS)]
    for start in range(0, rows.shape[0], _ROWS_AT_ONCE):
        shared = (rows[start : start + _ROWS_AT_ONCE] @ texts.T).tocoo()
        here, there = shared.row + start, shared.col
        within = shared.data / size_here[here]
        around = shared.data / size_there[there]
        around[size_there[there] < LONG_ENOUGH - RUN + 1] = 0.0
        contained = np.maximum(within, around)
        pairs = {"training": here, "evaluation": there, "contained": contained}
        found.append(pd.DataFrame(pairs)[contained >= CONTAINED].astype(_KINDS))
    return pd.concat(found, ignore_index=True)


def _incidence(runs: Runs, known: NDArray[np.uint64]) -> Any:  # noqa: ANN401  # scipy has no types
    """Which text holds which of the known runs, as a sparse matrix of ones."""
    from scipy.sparse import csr_matrix

    rows, hashes = runs
    height = int(rows[-1]) + 1 if len(rows) else 0
    if len(known) == 0:
        return csr_matrix((height, 0), dtype=np.int32)
    places = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
    here = known[places] == hashes
    ones = np.ones(int(here.sum()), np.int32)
    return csr_matrix((ones, (rows[here], places[here])), shape=(height, len(known)))
