"""How fast folding is: ``python tests/benchmarks/bench_normalise.py``.

Comments of about 320 characters of our own writing, plain and with a disguise in every tenth;
and real ones where the labelled data are (MODERATION_DATA).
"""

from __future__ import annotations

import random
import time

import comments  # by its folder

from moderation.normalise import fold
from moderation.texts import Texts

SENTENCES = (
    "I have read the council's plan twice, and I still can't see who pays for the new bridge.",
    "With respect, the figures in the second table don't add up to what the article says.",
    "My grandmother lived in that street for 60 years; nobody asked her either.",
    "Why is it always the bus routes in the north that get cut first?",
    "Good piece. More local reporting like this, please, and fewer opinion columns!",
    "If they'd listened to the teachers (they didn't), none of this would have happened.",
    "Well-known fact: it rains in November. Build the shelter and be done with it.",
    "He was elected by 51 percent, she by 49. That is how it works.",
)
DISGUISED = "What a stuuupid f*cking idea, you 1d10ts."


def written(count: int, every: int) -> list[str]:
    """Comments of 320 characters; every so many ends in a disguise (0: none)."""
    draw = random.Random(1)  # noqa: S311  # the same texts on every run
    texts = []
    for number in range(count):
        text = ""
        while len(text) < 320:
            text += draw.choice(SENTENCES) + " "
        disguised = every and number % every == 0
        texts.append(text[: 320 - len(DISGUISED)] + DISGUISED if disguised else text[:320])
    return texts


def seconds(texts: Texts, trace: bool) -> float:
    """The best of five runs."""
    best = float("inf")
    for _ in range(5):
        start = time.perf_counter()
        fold(texts, trace=trace)
        best = min(best, time.perf_counter() - start)
    return best


def main() -> None:
    """Print microseconds a comment."""
    fold(Texts.of(["warm up"]))
    sets = {
        "plain": written(50_000, 0),
        "every tenth disguised": written(50_000, 10),
        "real": comments.real(),
    }
    for name, some in sets.items():
        if not some:
            continue
        texts = Texts.of(some)
        for trace in (False, True):
            each = seconds(texts, trace) / len(texts) * 1e6
            size = len(texts.data) / len(texts)
            print(f"{name}, {size:.0f} bytes, trace={trace}: {each:.2f} µs a comment")


if __name__ == "__main__":
    main()
