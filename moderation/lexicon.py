"""The lexicon: words and phrases that comments are rude, hateful or threatening with.

A list of our own writing, kept in ``assets/lexicon.toml`` for people to read and mend. It feeds
the toxicity model (as features), the normaliser (which undoes a disguise only where one of these
words comes out) and the explanation of a score. The file's head describes its notation.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product
from os import PathLike
from pathlib import Path
from typing import Any, Literal, get_args

from moderation.errors import ModelError

Category = Literal["profanity", "sexual", "insult", "slur", "dehumanising", "threat"]

CATEGORIES: tuple[str, ...] = get_args(Category)
LONGEST = 5
"""Words in the longest phrase."""

_DEFAULT = Path(__file__).parent / "assets" / "lexicon.toml"
_PHRASE = re.compile(r"(?!.*(.)\1\1)[a-z0-9]+(?: [a-z0-9]+)*")
_CHOICE = re.compile(r"\(([^()]*)\)")
_GROUP = {"category": str, "severity": int, "ambiguous": bool, "terms": str}


@dataclass(frozen=True, slots=True)
class Entry:
    """One term of the lexicon.

    Attributes:
        term: Its first form, which names it.
        category: One of ``CATEGORIES``.
        severity: 1 mild, 2 strong, 3 severe.
        ambiguous: Whether the term is as often harmless.
        phrases: Every form, as folded text has it: words joined by one space.
    """

    term: str
    category: Category
    severity: int
    ambiguous: bool
    phrases: tuple[str, ...]


@dataclass(frozen=True)
class Lexicon:
    """All terms, in the order of the file.

    Example:
        >>> lexicon = Lexicon.load()
        >>> lexicon.forms()["idiots"].category
        'insult'
    """

    entries: tuple[Entry, ...]

    @classmethod
    def load(cls, path: str | PathLike[str] | None = None) -> Lexicon:
        """Read a lexicon file; without a path the one that ships with the package.

        Raises:
            ModelError: The file is missing, or a group or term of it is malformed; the message
                names file, group and term.
        """
        return _shipped() if path is None else _read(Path(path))

    def forms(self) -> Mapping[str, Entry]:
        """Every phrase (1…``LONGEST`` folded words joined by one space) and its entry."""
        return self._forms

    @cached_property
    def _forms(self) -> dict[str, Entry]:
        return {phrase: entry for entry in self.entries for phrase in entry.phrases}

    def plain_words(self) -> Mapping[str, Entry]:
        """Single words that are hardly ever harmless, and their entries.

        Example:
            >>> words = Lexicon.load().plain_words()
            >>> "scumbag" in words, "pig" in words
            (True, False)
        """
        plain = ((form, entry) for form, entry in self.forms().items() if not entry.ambiguous)
        return {form: entry for form, entry in plain if " " not in form}

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the phrases and what is said of each: layout and comments do not matter."""
        rows = sorted(
            f"{phrase}\t{entry.category}\t{entry.severity}\t{entry.ambiguous:d}"
            for phrase, entry in self.forms().items()
        )
        return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def expand(term: str, endings: Mapping[str, str]) -> list[str]:
    """Every form that a term of the file's notation stands for.

    Raises:
        ValueError: An ending that the table lacks, or a bracket without its partner.

    Example:
        >>> expand("idiot<s>", {"s": "(|s)"})
        ['idiot', 'idiots']
    """
    for name in re.findall(r"<([^<>]*)>", term):
        if name not in endings:
            raise ValueError(f"unknown ending <{name}>, known are {', '.join(sorted(endings))}")
        term = term.replace(f"<{name}>", endings[name])
    parts = _CHOICE.split(term)
    if any(sign in part for part in parts for sign in "()<>"):
        raise ValueError("a bracket has no partner")
    choices = [part.split("|") if odd % 2 else [part] for odd, part in enumerate(parts)]
    return ["".join(form).strip() for form in product(*choices)]


@lru_cache(maxsize=1)
def _shipped() -> Lexicon:
    return _read(_DEFAULT)


def _read(path: Path) -> Lexicon:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(f"cannot read the lexicon: {error.strerror}", path=path) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ModelError(f"not a lexicon: {error}", path=path) from error
    try:
        return Lexicon(tuple(_entries(table)))
    except ValueError as error:
        raise ModelError(str(error), path=path, mend="see the notation at its head") from error


def _entries(table: dict[str, Any]) -> Iterator[Entry]:
    """The entries of a parsed file; a ValueError names the group and the term at fault."""
    _check_keys(table, {"endings": dict, "group": list}, "the file")
    seen: set[str] = set()
    for number, group in enumerate(table["group"], start=1):
        where = f"group {number}"
        _check_keys(group, _GROUP, where)
        category, severity = group["category"], group["severity"]
        if category not in CATEGORIES:
            raise ValueError(f'{where}: category "{category}" is none of {", ".join(CATEGORIES)}')
        if severity not in (1, 2, 3):
            raise ValueError(f"{where}: severity {severity} is not 1, 2 or 3")
        for written in filter(None, map(str.strip, group["terms"].split(","))):
            place = f'{where} ({category}): "{written}"'
            phrases = _phrases(" ".join(written.split()), table["endings"], seen, place)
            yield Entry(phrases[0], category, severity, group["ambiguous"], phrases)


def _phrases(term: str, endings: Mapping[str, str], seen: set[str], place: str) -> tuple[str, ...]:
    """The checked forms of one term, which are added to those already ``seen``."""
    try:
        phrases = expand(term, endings)
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from None
    for phrase in phrases:
        if not _PHRASE.fullmatch(phrase):
            raise ValueError(f'{place}: "{phrase}" is not folded text')
        if phrase.count(" ") >= LONGEST:
            raise ValueError(f'{place}: "{phrase}" has more than {LONGEST} words')
        if phrase in seen:
            raise ValueError(f'{place}: "{phrase}" is listed twice')
        seen.add(phrase)
    return tuple(phrases)


def _check_keys(table: dict[str, Any], kinds: Mapping[str, type], where: str) -> None:
    if missing := kinds.keys() - table.keys():
        raise ValueError(f"{where} lacks {', '.join(sorted(missing))}")
    if unknown := table.keys() - kinds.keys():
        raise ValueError(f"{where} has unknown keys: {', '.join(sorted(unknown))}")
    for key, kind in kinds.items():
        if type(table[key]) is not kind:
            raise ValueError(f"{where}: {key} must be {kind.__name__}")
