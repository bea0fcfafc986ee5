"""Evaluation of a model on a whole data set."""

from __future__ import annotations

from seglib.evaluate.judge import (
    DATASETS,
    NAMES,
    Dataset,
    evaluate_folder,
    pooled_matrix,
    summarise,
)
from seglib.evaluate.pairs import Pair, find_pairs

__all__ = [
    "DATASETS",
    "NAMES",
    "Dataset",
    "Pair",
    "evaluate_folder",
    "find_pairs",
    "pooled_matrix",
    "summarise",
]
