"""Makes the toxicity model again from the labelled files; see :mod:`moderation.training.recipe`."""

from __future__ import annotations

from moderation.training.recipe import train

__all__ = ["train"]
