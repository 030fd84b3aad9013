"""The look at 64 bytes at once, held against one that looks at a byte after the other."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from moderation.lanes import WIDTH
from moderation.normalise.folding import _tables
from moderation.normalise.kit import KNOWN, MARK, MARKS, Kit, hashes, with_room
from moderation.normalise.lookup import among, hash_bytes, hash_letters
from moderation.normalise.scan import _odd, _suspect
from moderation.normalise.sounds import ROOM, cost, least_cost, letters_of

SIGN, STOP, DASH = b"0123456789@$*#|+%^~_", b"!.?&:", b"-/"
BETWEEN = b" \t\n\r.-_*/,|~+=:;'"
LETTER = bytes(range(97, 123))


def array(text: bytes) -> np.ndarray:
    return np.frombuffer(text, np.uint8)


def touches(before: int, byte: int) -> bool:
    """Whether two neighbours in a run are suspect."""
    return (
        byte >= 128
        or (before in LETTER and byte in SIGN)
        or (before in SIGN + STOP and byte in LETTER)
        or (before in STOP and byte in DASH)
    )


def lone(text: bytes, end: int) -> bool:
    """Whether a single letter or digit follows, up to three bytes on."""
    following = text[end:].lstrip(BETWEEN)
    gap = min(len(text) - end - len(following), 3)
    return re.match(rb"[a-z0-9](?![a-z0-9])", text[end + gap :]) is not None


def suspicious(text: bytes, begin: int, end: int, kit: Kit) -> bool:
    """Whether a run may hide something, by the rules one after the other."""
    run, known = text[begin:end], hashes(kit, KNOWN)
    words = list(re.finditer(rb"[a-z]+", run))
    twins = [a for word in words for a, b in zip(word[0], word[0][1:], strict=False) if a == b]
    if end - begin >= WIDTH or any(map(touches, b" " + run, run)):
        return True
    if sum(1 + (twin in b"aihujkqvwxy") for twin in twins) > 1:
        return True
    for word in words:
        sides = run[word.start() - 1 : word.start()] + run[word.end() : word.end() + 1]
        if len(word[0]) == 1 and any(side in DASH for side in sides):
            return True
        value = np.uint64(hash_bytes(array(word[0])))
        place = begin + word.start(), begin + word.end()
        if not among(known, value) and _odd(array(text), *place, value, kit):
            return True
    letters = sum(len(word[0]) for word in words)
    return letters == 1 and (end - begin > 3 or lone(text, end))


def found(text: bytes, kit: Kit) -> list[tuple[int, int]]:
    """All runs that the kernel suspects."""
    data, runs, end = array(text + bytes(WIDTH + 1))[: len(text)], [], 0
    while end < len(text):
        begin, end = _suspect(data, end, hashes(kit, KNOWN), kit)
        if begin < end:
            runs.append((begin, end))
    return runs


PIECES = st.sampled_from(
    [b"a", b"i", b"the", b"bot", b"address", b"committee", b"aardvark", b"stuuped", b"idiet", b"zzyx", b"mail",
     b"3", b"19", b"$", b"*", b"_", b".", b"...", b"!", b":", b"&", b"-", b"--", b"/", b",", b"'", b"(", b")", b"\"",
     b"\xd0\xb0", b"\xe2\x80\x94", b"x" * 61, b"somebody," * 8]
)  # fmt: skip
SPACES = st.sampled_from([b"", b"", b" ", b" ", b"  ", b"\n", b"\t"])
TEXTS = st.lists(st.tuples(PIECES, SPACES).map(b"".join), max_size=30).map(b"".join)


@settings(max_examples=400, deadline=None)
@given(TEXTS)
@example(b"a " * 40)
@example(b"a" * WIDTH + b" b")
@example(b"the " * 15 + b"end of it address, idiet-x")
def test_the_same_runs_are_suspected_as_by_looking_at_every_byte(text: bytes) -> None:
    kit = with_room(_tables(), len(text) + 1)
    kit.notes[MARKS] = 0
    runs = (run.span() for run in re.finditer(rb"[^ \t\n\r]+", text))
    assert found(text, kit) == [run for run in runs if suspicious(text, *run, kit)]


def test_marked_runs_are_suspected() -> None:
    kit = with_room(_tables(), 200)
    text = b"nothing here, " * 10
    kit.notes[MARKS] = 3
    kit.notes[MARK : MARK + 3] = [3, 7, 100]  # the second is a space
    assert found(text, kit) == [(0, 7), (98, 105)]


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=40).map(lambda word: bytes(97 + byte % 26 for byte in word)))
def test_eight_letters_are_hashed_at_once_as_one_by_one(word: bytes) -> None:
    data = array(b"*" + word + b"\xff" * WIDTH)
    assert hash_letters(data, 1, len(word)) == hash_bytes(array(word))


WORDS = st.text("abckstehwl", min_size=1, max_size=9).map(str.encode)


@settings(max_examples=300, deadline=None)
@given(WORDS, WORDS)
def test_no_spelling_costs_less_than_its_letters_say(meant: bytes, written: bytes) -> None:
    least = least_cost(np.uint64(letters_of(array(meant))), np.uint64(letters_of(array(written))))
    assert least <= cost(array(meant), array(written), 99, np.empty(ROOM, np.int64))


@pytest.mark.parametrize(
    ("meant", "written", "least"),
    [
        (b"trash", b"thats", 1),
        (b"idiot", b"idiet", 2),
        (b"terrorist", b"taste", 5),
        (b"a", b"a", 0),
    ],
)
def test_the_least_cost_of_a_spelling(meant: bytes, written: bytes, least: int) -> None:
    ours, theirs = (np.uint64(letters_of(array(word))) for word in (written, meant))
    assert least_cost(theirs, ours) == least
