"""How many disguised words folding finds: ``python tests/benchmarks/bench_disguise.py``.

Of noisyhate_dev, pairs of a sentence and a perturbation of it by people: the words of the lexicon
in the clean sentence, and the share of them (in any form of the same entry) that the perturbed one
still holds as it is, and folded. Many perturbations put another word ("trace" for "trash"), which
no rule can undo. MODERATION_DATA names the folder of labelled data.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

import pandas as pd

from moderation.lexicon import Lexicon
from moderation.normalise import fold
from moderation.texts import Texts

DATA = Path(os.environ.get("MODERATION_DATA", "../shared/data"))
FORMS = Lexicon.load().forms()


def entries(text: str) -> Counter[str]:
    """How often each entry of the lexicon occurs."""
    words = re.findall("[a-z0-9]+", text)
    return Counter(FORMS[word].term for word in words if word in FORMS)


def main() -> None:
    """Print the shares."""
    pairs = pd.read_parquet(DATA / "noisyhate_dev.parquet", columns=["clean", "perturbed"])
    folded = {name: fold(Texts.of(pairs[name])).texts for name in pairs}
    held = found = total = 0
    for clean, raw, undone in zip(
        folded["clean"], pairs["perturbed"], folded["perturbed"], strict=True
    ):
        wanted = entries(clean)
        total += wanted.total()
        held += (wanted & entries(raw.lower())).total()
        found += (wanted & entries(undone)).total()
    print(f"{total} lexicon words; as written {held / total:.3f}, folded {found / total:.3f}")
    print(f"of those lost, found again: {(found - held) / (total - held):.3f}")


if __name__ == "__main__":
    main()
