"""How good the model is, on texts that it never saw, with the uncertainty of every figure.

:mod:`~moderation.evaluation.table` lists what is measured and aimed at; :func:`evaluate` measures
it; :func:`check` refuses a model that is below the floors; and
:mod:`~moderation.evaluation.holdout` keeps training away from what is measured on.
"""

from __future__ import annotations

from moderation.evaluation.bench import Bench, Subject
from moderation.evaluation.bootstrap import Figure
from moderation.evaluation.floors import Floors, check, load_floors, save_floors, settle
from moderation.evaluation.holdout import data_folder
from moderation.evaluation.measures import reliability_points
from moderation.evaluation.results import Results, Row, evaluate
from moderation.evaluation.table import MEASURES, Measure

__all__ = [
    "MEASURES",
    "Bench",
    "Figure",
    "Floors",
    "Measure",
    "Results",
    "Row",
    "Subject",
    "check",
    "data_folder",
    "evaluate",
    "load_floors",
    "reliability_points",
    "save_floors",
    "settle",
]
