"""Toxicity: six calibrated scores for a folded text, and what in the text they come from.

A part of its own: it knows texts and weights, not how texts are folded nor what is done with the
scores. Importing it loads the compiled kernels, so import it where something is scored.
"""

from __future__ import annotations

from moderation.toxicity.model import Model

__all__ = ["Model"]
