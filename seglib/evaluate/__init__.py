"""Evaluation of a model on a whole data set."""

from __future__ import annotations

from seglib.evaluate.datasets import COCO_NAMES, DATASETS, NAMES, Dataset, possible
from seglib.evaluate.files import Files, FolderFiles, MemoryFiles
from seglib.evaluate.judge import (
    Judged,
    conclude,
    evaluate_folder,
    judge_files,
    pooled_matrix,
    summarise,
)
from seglib.evaluate.pairs import CocoItem, Found, Item, Pair, find_items, find_pairs
from seglib.evaluate.stream import (
    PictureResult,
    evaluate_pairs,
    pooled,
    run_key,
    semantic_answer,
)
from seglib.evaluate.summary import Summary, summarise_pictures

__all__ = [
    "COCO_NAMES",
    "DATASETS",
    "NAMES",
    "CocoItem",
    "Dataset",
    "Files",
    "FolderFiles",
    "Found",
    "Item",
    "Judged",
    "MemoryFiles",
    "Pair",
    "PictureResult",
    "Summary",
    "conclude",
    "evaluate_folder",
    "evaluate_pairs",
    "find_items",
    "find_pairs",
    "judge_files",
    "pooled",
    "pooled_matrix",
    "possible",
    "run_key",
    "semantic_answer",
    "summarise",
    "summarise_pictures",
]
