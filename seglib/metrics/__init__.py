"""How good is a segmentation: the confusion matrix and everything that follows from it."""

from __future__ import annotations

from seglib.metrics._divide import safe_divide
from seglib.metrics.boundary import (
    boundary_iou,
    boundary_iou_mask,
    boundary_radius,
    boundary_ring,
)
from seglib.metrics.confusion import UNANSWERED, Unanswered, confusion_matrix
from seglib.metrics.counts import ClassCounts, class_counts
from seglib.metrics.empty import EMPTY, RULES, Empty, EmptyRule, empty_value
from seglib.metrics.overlap import (
    ABSENT,
    Absent,
    Reading,
    dice,
    frequency_weighted_iou,
    iou,
    mean_dice,
    mean_iou,
    mean_pixel_accuracy,
    pixel_accuracy,
    precision,
    recall,
)
from seglib.metrics.report import ClassRow, Report, report

__all__ = [
    "ABSENT",
    "EMPTY",
    "RULES",
    "UNANSWERED",
    "Absent",
    "ClassCounts",
    "ClassRow",
    "Empty",
    "EmptyRule",
    "Reading",
    "Report",
    "Unanswered",
    "boundary_iou",
    "boundary_iou_mask",
    "boundary_radius",
    "boundary_ring",
    "class_counts",
    "confusion_matrix",
    "dice",
    "empty_value",
    "frequency_weighted_iou",
    "iou",
    "mean_dice",
    "mean_iou",
    "mean_pixel_accuracy",
    "pixel_accuracy",
    "precision",
    "recall",
    "report",
    "safe_divide",
]
