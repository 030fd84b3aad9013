"""Counts of what became of the comments."""

from __future__ import annotations

from collections import Counter

import msgspec
import pandas as pd

from moderation.columns import FLAGGED


class Tally(msgspec.Struct):
    """What became of the comments so far.

    Attributes:
        actions: How many comments there are of each action.
        unscored: How many of them could not be scored.
        rejected: How many records could not be read.

    Example:
        >>> tally = Tally()
        >>> tally.add(pd.DataFrame({"action": ["review", "approve"], "error": ["too long", None]}))
        >>> dict(tally.actions), tally.unscored, tally.flagged, tally.rows
        ({'review': 1, 'approve': 1}, 1, 1, 2)
    """

    actions: dict[str, int] = msgspec.field(default_factory=dict)
    unscored: int = 0
    rejected: int = 0

    def add(self, scored: pd.DataFrame) -> None:
        """Count the rows of one more frame."""
        counts = scored["action"].value_counts(sort=False).items()
        actions = {str(action): int(count) for action, count in counts}
        self.merge(Tally(actions, int(scored["error"].notna().sum())))

    def merge(self, other: Tally) -> None:
        """Add another's counts to these."""
        self.actions = dict(Counter(self.actions) + Counter(other.actions))
        self.unscored += other.unscored
        self.rejected += other.rejected

    @property
    def rows(self) -> int:
        """How many comments there are."""
        return sum(self.actions.values())

    @property
    def flagged(self) -> int:
        """How many comments a person should look at."""
        return sum(self.actions.get(action, 0) for action in FLAGGED)
