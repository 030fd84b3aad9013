"""Comments to measure with: real ones where the labelled data are, else of our own writing.

Needs nothing but the standard library for its own, so that any environment can make the same.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator, Sequence
from itertools import chain, cycle, islice
from pathlib import Path

DATA = Path(os.environ.get("MODERATION_DATA", "../shared/data"))
REAL = [
    ("globe_and_mail_dev", "comment"),
    ("wikipedia_context_perspective", "text"),
    ("jigsaw_natural_dev", "text"),
]
LINES, PARQUET = "comments.jsonl", "parquet"
PIECE = 20_000  # comments in a file of Parquet
SENTENCES = (
    "I have read the council's plan twice, and I still can't see who pays for the new bridge.",
    "With respect, the figures in the second table don't add up to what the article says.",
    "My grandmother lived in that street for 60 years; nobody asked her either.",
    "Why is it always the bus routes in the north that get cut first?",
    "Good piece. More local reporting like this, please, and fewer opinion columns!",
    "If they'd listened to the teachers (they didn't), none of this would have happened.",
    "He was elected by 51 percent, she by 49. That is how it works.",
    "LOL, sure, and pigs can fly 🙄 see https://example.org/minutes for the real numbers",
)
RUDE = (
    "You are an idiot and a liar.",
    "What a stuuupid f*cking idea, you 1d10ts.",
    "Somebody should punch this clown.",
)


def real() -> list[str]:
    """Real comments as they stand, in one mixed order; none without the labelled data."""
    import pandas as pd

    texts: list[str] = []
    for name, column in REAL:
        if (path := DATA / f"{name}.parquet").exists():
            texts += pd.read_parquet(path, columns=[column])[column].dropna().tolist()
    random.Random(1).shuffle(texts)  # noqa: S311  # the same order on every run
    return texts


def written() -> Iterator[str]:
    """Endless comments of one to eight sentences; one in twenty is rude."""
    draw = random.Random(1)  # noqa: S311  # the same texts on every run
    while True:
        said = draw.choices(SENTENCES, k=draw.randint(1, 8))
        if draw.random() < 0.05:
            said.insert(draw.randint(0, len(said)), draw.choice(RUDE))
        yield " ".join(said)


def save(path: Path, count: int, texts: Sequence[str] = ()) -> str:
    """Write a file of JSON Lines with that many comments, those given again and again.

    Without any they are of our own writing. Returns what they are, in words.
    """
    with path.open("w", encoding="utf-8") as out:
        for number, text in enumerate(islice(cycle(texts) if texts else written(), count)):
            row = {
                "id": f"c{number}",
                "thread": f"t{number // 200}",
                "author": f"reader {number % 9973}",
                "created_at": f"2026-03-{number % 28 + 1:02d}T10:{number % 60:02d}:00Z",
                "body": text,
            }
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    return f"{len(texts):,} real comments" if texts else "generated comments"


def prepare(folder: Path, count: int) -> str:
    """The same comments as the file ``LINES`` and as the folder ``PARQUET``.

    Returns what they are, in words.
    """
    import pyarrow.parquet as pq
    from pyarrow import json as reader

    what = save(folder / LINES, count, real())
    table = reader.read_json(folder / LINES).rename_columns({"id": "comment_id", "body": "text"})
    (folder / PARQUET).mkdir()
    for begin in range(0, count, PIECE):
        pq.write_table(table.slice(begin, PIECE), folder / PARQUET / f"{begin:09}.parquet")
    mean = size(folder)[1] / count
    return f"{count:,} comments, of {what}, {mean:.0f} bytes of text each on average"


def load(folder: Path) -> Iterator[str]:
    """The texts of all comments."""
    with (folder / LINES).open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)["body"]


def size(folder: Path) -> tuple[int, int]:
    """How many comments there are, and the bytes of their texts."""
    sizes = [len(text.encode()) for text in load(folder)]
    return len(sizes), sum(sizes)


def resident(process: int) -> int:
    """Bytes of memory that a process and all its descendants hold now."""
    about = Path("/proc", str(process))
    try:
        pages = int((about / "statm").read_text().split()[1])
        children = [task.read_text().split() for task in about.glob("task/*/children")]
    except (OSError, IndexError):  # it, or one of its threads, has just ended
        return 0
    held = pages * os.sysconf("SC_PAGE_SIZE")
    return held + sum(resident(int(child)) for child in chain.from_iterable(children))
