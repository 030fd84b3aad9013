"""Reads comment threads, scores sentiment and toxicity, flags what a person should look at.

::

    import moderation

    comments = moderation.read("page.txt")     # a pandas DataFrame, a row a comment
    scored = moderation.score(comments)        # the same rows, with scores, actions and reasons
    moderation.explain("What a fool!")         # one text, its words marked

Everything runs on this machine; nothing is loaded over a network. The names below are imported
when they are first used, so that ``import moderation`` takes no longer than it must.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from moderation.formats import read
    from moderation.scoring import Explanation, Scorer, explain, score

__version__ = "0.1.0"
__all__ = ["Explanation", "Scorer", "__version__", "explain", "read", "score"]

_HOMES = {
    "Explanation": "moderation.scoring",
    "Scorer": "moderation.scoring",
    "explain": "moderation.scoring",
    "read": "moderation.formats",
    "score": "moderation.scoring",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401  # whatever the name stands for
    if name not in _HOMES:
        raise AttributeError(f"module 'moderation' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
