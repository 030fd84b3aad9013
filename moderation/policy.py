"""Rules that say what a person should look at, read from TOML.

A policy is a file that an editor can read and change::

    name = "our-newsroom"
    version = "3"

    [rule.hostile]
    action = "review"
    reason = "hostile and negative"
    toxicity.at_least = 0.55
    sentiment.at_most = -0.4

The bounds of one rule are joined by "and". Every rule that fires is kept as a reason, the most
severe action wins, and whatever could not be scored goes to review: no rule can wave it through.
A misspelt key is an error that names the file, the rule, the key and the nearest valid name.
"""

from __future__ import annotations

import difflib
import hashlib
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from moderation import columns
from moderation.errors import PolicyError

Mask = NDArray[np.bool_]
Frame = pd.DataFrame | Mapping[Any, pd.Series]
Limit = float | str | tuple[str, ...]

#: Priority of a comment that could not be scored: the middle of the queue, so that many of them
#: do not drown what was scored.
UNSCORED_PRIORITY = 0.5

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "at_least": lambda values, limit: values >= limit,
    "at_most": lambda values, limit: values <= limit,
    "above": lambda values, limit: values > limit,
    "below": lambda values, limit: values < limit,
    "is": lambda values, limit: values == limit,
    "in": lambda values, limit: values.isin(limit),
}
_NUMERIC_BOUNDS = ("at_least", "at_most", "above", "below")
_TEXT_BOUNDS = ("is", "in")
_RULE_ACTIONS = ("review", "reject")
_SEVERITY = {name: rank for rank, name in enumerate(("approve", "review", "reject"))}
_RULED = {c.name: c.kind for c in columns.COLUMNS if c.kind in ("float", "integer", "string")}
_RULED = {name: _RULED[name] for name in _RULED if columns.column(name).stage != "flagged"}


@dataclass(frozen=True, slots=True)
class Bound:
    """One condition on one column, such as ``toxicity.at_least = 0.55``."""

    column: str
    comparison: str
    limit: Limit

    def holds(self, frame: Frame) -> Mask:
        """Which rows meet it; a missing value never does."""
        values, compare = frame[self.column], _COMPARE[self.comparison]
        if self.comparison in _TEXT_BOUNDS:
            return pd.Series(compare(values, self.limit)).fillna(False).to_numpy(np.bool_)
        numbers = values.to_numpy(np.float64, na_value=np.nan)
        return np.asarray(compare(numbers, self.limit), np.bool_)

    def __str__(self) -> str:
        limit = ", ".join(self.limit) if isinstance(self.limit, tuple) else f"{self.limit}"
        return f"{self.comparison.replace('_', ' ')} {limit}"


@dataclass(frozen=True, slots=True)
class Rule:
    """Bounds joined by "and", the action they lead to, and the reason in words."""

    name: str
    action: str
    reason: str
    bounds: tuple[Bound, ...]

    def fires(self, frame: Frame) -> Mask:
        """Which rows meet every bound."""
        holds: Mask = np.logical_and.reduce([bound.holds(frame) for bound in self.bounds])
        return holds


@dataclass(frozen=True, slots=True)
class Decision:
    """What a policy makes of a frame of scored comments.

    Attributes:
        action: object[n], one of ``columns.ACTIONS``.
        priority: float64[n], 0…1.
        fired: bool[rules, n], which rule fired where.
    """

    action: NDArray[np.object_]
    priority: NDArray[np.float64]
    fired: Mask


@dataclass(frozen=True, slots=True)
class Policy:
    r"""An ordered set of rules with a name, a version and a digest of its text.

    Example:
        >>> frame = pd.DataFrame({"insult": [0.9, 0.1], "error": [None, None]})
        >>> policy = parse('[rule.rude]\naction = "review"\ninsult.at_least = 0.6')
        >>> list(policy.decide(frame).action)
        ['review', 'approve']
    """

    name: str
    version: str
    digest: str
    rules: tuple[Rule, ...]

    @property
    def identity(self) -> str:
        """What the ``policy`` column holds: name@version and the first half of the digest."""
        return f"{self.name}@{self.version} {self.digest[:16]}"

    def in_words(self, reasons: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
        r"""The items of a ``reasons`` cell as sentences, one a rule.

        A rule of another policy goes by its name.

        Example:
            >>> rude = parse('[rule.rude]\nreason = "is rude"\ninsult.at_least = 0.6')
            >>> cell = {"rule": "rude", "column": "insult", "value": "0.9", "bound": "at least 0.6"}
            >>> rude.in_words([cell])
            ('is rude (insult 0.9, at least 0.6)',)
        """
        words = {rule.name: rule.reason for rule in self.rules}
        held: dict[str, list[str]] = {}
        for each in reasons:
            bound = f"{each['column']} {each['value']}, {each['bound']}"
            held.setdefault(each["rule"], []).append(bound)
        return tuple(f"{words.get(rule, rule)} ({'; '.join(held[rule])})" for rule in held)

    def decide(self, frame: Frame, nothing: Mask | None = None) -> Decision:
        """Apply every rule to every row.

        Args:
            frame: Scored comments, with the columns that the rules look at and ``error``.
            nothing: Rows in which nothing is left to judge: these are skipped.

        Returns:
            Actions, priorities and fired rules, a row each, in the order of the frame.
        """
        unscored = frame["error"].notna().to_numpy(np.bool_)
        fired = np.zeros((len(self.rules), len(unscored)), np.bool_)
        severity = np.where(unscored, _SEVERITY["review"], _SEVERITY["approve"])
        priority = np.where(unscored, UNSCORED_PRIORITY, 0.0)
        for number, rule in enumerate(self.rules):
            fired[number] = rule.fires(frame)
            rank = np.where(fired[number], _SEVERITY[rule.action], 0)
            severity = np.maximum(severity, rank)
            highest = np.where(fired[number], _highest_score(rule, frame), 0.0)
            priority = np.maximum(priority, highest)
        action = np.array(columns.ACTIONS, object)[severity]
        if nothing is not None:
            action[nothing] = "skip"
            priority = np.where(nothing, 0.0, priority)
            fired &= ~nothing
        return Decision(action, priority, fired)


def _highest_score(rule: Rule, frame: Frame) -> NDArray[np.float64]:
    """The highest calibrated score that a rule looks at; the middle where it looks at none."""
    looked_at = [bound.column for bound in rule.bounds if bound.column in columns.HEADS]
    if not looked_at:
        return np.full(len(frame["error"]), UNSCORED_PRIORITY)
    scores = [frame[column].to_numpy(np.float64) for column in looked_at]
    highest: NDArray[np.float64] = np.fmax.reduce(scores)
    return highest


def load(path: str | PathLike[str] | None = None) -> Policy:
    """Read a policy file; the one that ships with the package when none is named.

    Raises:
        PolicyError: The file cannot be read, is no TOML, or has an unknown key.

    Example:
        >>> load().name
        'default'
    """
    if path is None:
        shipped = resources.files("moderation") / "assets" / "policy.toml"
        return parse(shipped.read_text("utf-8"), "policy.toml")
    try:
        text = Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        reason = getattr(fault, "strerror", None) or "not UTF-8 text"
        raise PolicyError(reason, path=path, mend="name a readable TOML file") from fault
    return parse(text, path)


def parse(text: str, path: str | PathLike[str] = "policy") -> Policy:
    """A policy from TOML text; ``path`` is what its errors name.

    Raises:
        PolicyError: It is no TOML, or has an unknown key.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise PolicyError(str(fault), path=path, mend="mend the TOML there") from fault
    reader = _Reader(path)
    reader.known(document, ("name", "version", "rule"), "the policy")
    tables = document.get("rule", {})
    if not isinstance(tables, dict) or not tables:
        raise reader.fault("no rule", "add a table such as [rule.rude]")
    name, version = document.get("name", Path(path).stem), document.get("version", "1")
    digest = hashlib.sha256(text.encode()).hexdigest()
    rules = tuple(reader.rule(rule, table) for rule, table in tables.items())
    return Policy(str(name), str(version), digest, rules)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Turns TOML tables into rules, with errors that name the file."""

    path: str | PathLike[str]

    def fault(self, message: str, mend: str) -> PolicyError:
        return PolicyError(message, path=self.path, mend=mend)

    def known(self, table: Mapping[str, object], names: tuple[str, ...], where: str) -> None:
        """Refuse a key that is none of the names, and say which is nearest."""
        for key in table:
            if key not in names:
                near = difflib.get_close_matches(key, names, 1, 0.0)[0]
                raise self.fault(f'{where}: unknown key "{key}"', f'did you mean "{near}"?')

    def rule(self, name: str, table: object) -> Rule:
        where = f"rule.{name}"
        if not isinstance(table, dict):
            raise self.fault(f"{where} is not a table", f"write [{where}] and its bounds below it")
        self.known(table, ("action", "reason", *_RULED), where)
        action = table.get("action", "review")
        if action not in _RULE_ACTIONS:
            allowed = " or ".join(f'"{each}"' for each in _RULE_ACTIONS)
            raise self.fault(f"{where}: action {action!r}", f"write {allowed}")
        bounds = tuple(
            bound
            for column, limits in table.items()
            if column in _RULED
            for bound in self.bounds(where, column, limits)
        )
        if not bounds:
            raise self.fault(f"{where} has no bound", "add one such as toxicity.at_least = 0.5")
        return Rule(name, action, str(table.get("reason", name.replace("_", " "))), bounds)

    def bounds(self, where: str, column: str, limits: object) -> list[Bound]:
        allowed = _TEXT_BOUNDS if _RULED[column] == "string" else _NUMERIC_BOUNDS
        if not isinstance(limits, dict) or not limits:
            raise self.fault(f"{where}: {column} has no bound", f"write {column}.{allowed[0]} = …")
        self.known(limits, allowed, f"{where}.{column}")
        return [Bound(column, key, self.limit(where, column, key, limits[key])) for key in limits]

    def limit(self, where: str, column: str, key: str, value: object) -> Limit:
        place = f"{where}: {column}.{key}"
        if key == "in":
            if isinstance(value, list) and value and all(isinstance(v, str) for v in value):
                return tuple(value)
            raise self.fault(f"{place} is no list of texts", f'write {column}.in = ["…"]')
        if key == "is":
            if isinstance(value, str):
                return value
            raise self.fault(f"{place} is no text", f'write {column}.is = "…"')
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.fault(f"{place} is no number", f"write {column}.{key} = 0.5")
        lowest, highest = _range(column)
        if not lowest <= value <= highest:
            raise self.fault(
                f"{place} = {value} can never matter",
                f"{column} lies between {lowest:g} and {highest:g}",
            )
        return value


def _range(column: str) -> tuple[float, float]:
    """Lowest and highest value that a numeric column can hold."""
    if _RULED[column] == "integer":
        return (-np.inf if column == "likes" else 0, np.inf)
    return (-1.0 if column == "sentiment" else 0.0, 1.0)
