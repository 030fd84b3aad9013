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
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from moderation import columns
from moderation.errors import PolicyError

if TYPE_CHECKING:
    import pyarrow as pa

Mask = NDArray[np.bool_]
Limit = float | str | tuple[str, ...]

#: Priority of a comment that could not be scored: the middle of the queue, so that many of them
#: do not drown what was scored.
UNSCORED_PRIORITY = 0.5

_COMPARE = {  # numbers, by a function of pyarrow.compute
    "at_least": "greater_equal",
    "at_most": "less_equal",
    "above": "greater",
    "below": "less",
}
_NUMERIC_BOUNDS = tuple(_COMPARE)
_TEXT_BOUNDS = ("is", "in")
_RULE_ACTIONS = ("review", "reject")
_SEVERITY = {name: rank for rank, name in enumerate(columns.ACTIONS)}
_RULED = {c.name: c.kind for c in columns.COLUMNS if c.kind in ("float", "integer", "string")}
_RULED = {name: _RULED[name] for name in _RULED if columns.column(name).stage != "flagged"}


@dataclass(frozen=True, slots=True)
class Bound:
    """One condition on one column, such as ``toxicity.at_least = 0.55``."""

    column: str
    comparison: str
    limit: Limit

    def holds(self, comments: Mapping[str, pa.Array]) -> Mask:
        """Which rows meet it; a missing value never does."""
        import pyarrow as pa
        import pyarrow.compute as pc

        values = comments[self.column]
        if self.comparison in _TEXT_BOUNDS:
            allowed = [self.limit] if isinstance(self.limit, str) else self.limit
            met = pc.is_in(values.cast(pa.string()), pa.array(allowed))
        else:
            met = getattr(pc, _COMPARE[self.comparison])(values, self.limit)
        mask: Mask = met.fill_null(False).to_numpy(zero_copy_only=False)
        return mask

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

    def fires(self, comments: Mapping[str, pa.Array]) -> Mask:
        """Which rows meet every bound."""
        holds: Mask = np.logical_and.reduce([bound.holds(comments) for bound in self.bounds])
        return holds


@dataclass(frozen=True, slots=True)
class Decision:
    """What a policy makes of a frame of scored comments.

    Attributes:
        action: Arrow array of n strings, each one of ``columns.ACTIONS``.
        priority: float64[n], 0…1.
        fired: bool[rules, n], which rule fired where.
    """

    action: pa.Array
    priority: NDArray[np.float64]
    fired: Mask


@dataclass(frozen=True, slots=True)
class Policy:
    r"""An ordered set of rules with a name, a version and a digest of its text.

    Example:
        >>> import pyarrow as pa
        >>> comments = {"insult": pa.array([0.9, 0.1]), "error": pa.nulls(2)}
        >>> policy = parse('[rule.rude]\naction = "review"\ninsult.at_least = 0.6')
        >>> policy.decide(comments).action.to_pylist()
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

    def decide(self, comments: Mapping[str, pa.Array], nothing: Mask | None = None) -> Decision:
        """Apply every rule to every row.

        Args:
            comments: The columns of n scored comments that the rules look at, and ``error``.
            nothing: Rows in which nothing is left to judge: these are skipped.

        Returns:
            Actions, priorities and fired rules, a row each, in the order of the comments.
        """
        import pyarrow as pa

        unscored = comments["error"].is_valid().to_numpy(zero_copy_only=False)
        fired = np.zeros((len(self.rules), len(unscored)), np.bool_)
        severity = np.where(unscored, _SEVERITY["review"], _SEVERITY["approve"])
        priority = np.where(unscored, UNSCORED_PRIORITY, 0.0)
        for number, rule in enumerate(self.rules):
            fired[number] = rule.fires(comments)
            rows = np.flatnonzero(fired[number])
            severity[rows] = np.maximum(severity[rows], _SEVERITY[rule.action])
            priority[rows] = np.maximum(priority[rows], _highest_score(rule, comments, rows))
        if nothing is not None:
            severity[nothing] = _SEVERITY["skip"]
            priority = np.where(nothing, 0.0, priority)
            fired &= ~nothing
        return Decision(pa.array(columns.ACTIONS).take(pa.array(severity)), priority, fired)


def _highest_score(
    rule: Rule, comments: Mapping[str, pa.Array], rows: NDArray[np.intp]
) -> NDArray[np.float64] | float:
    """The highest calibrated score that a rule looks at; the middle where it looks at none."""
    looked_at = [bound.column for bound in rule.bounds if bound.column in columns.HEADS]
    if not looked_at:
        return UNSCORED_PRIORITY
    scores = [comments[name].take(rows).to_numpy(zero_copy_only=False) for name in looked_at]
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
        text = Path(path).read_text("utf-8-sig")
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
