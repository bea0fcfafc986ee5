"""How good is a segmentation: the confusion matrix and everything that follows from it."""

from __future__ import annotations

from seglib.metrics._divide import safe_divide
from seglib.metrics.boundary import (
    boundary_iou,
    boundary_iou_mask,
    boundary_radius,
    boundary_ring,
)
from seglib.metrics.coco_ap import (
    AREAS,
    MAX_DETECTIONS,
    RECALLS,
    THRESHOLDS,
    average_precision,
)
from seglib.metrics.coco_objects import ImageObjects, RunLengths
from seglib.metrics.coco_result import AreaRange, AveragePrecision, Curve, Matches
from seglib.metrics.confusion import UNANSWERED, Unanswered, confusion_matrix
from seglib.metrics.contour import ContourMatch, boundary_f, contour_map, contour_match
from seglib.metrics.counts import ClassCounts, class_counts
from seglib.metrics.davis import contour_accuracy, j_and_f, region_similarity
from seglib.metrics.empty import EMPTY, RULES, Empty, EmptyRule, empty_value
from seglib.metrics.object_precision import (
    BOWL_THRESHOLDS,
    ObjectPrecision,
    join_object_precisions,
    object_precision,
)
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
from seglib.metrics.panoptic import panoptic_quality
from seglib.metrics.panoptic_result import (
    ClassQuality,
    PanopticQuality,
    Quality,
    SegmentMatch,
    join_qualities,
)
from seglib.metrics.reductions import HOW, METRICS, How, Metric, Reduction, reduce
from seglib.metrics.report import ClassRow, Report, report
from seglib.metrics.saliency import (
    SaliencyCurve,
    SaliencyScores,
    adaptive_threshold,
    f_beta,
    mean_absolute_error,
    saliency_curve,
    saliency_scores,
)
from seglib.metrics.surface import (
    Direction,
    SurfaceDistances,
    average_surface_distance,
    hausdorff,
    hausdorff_95,
    normalised_surface_distance,
    surface_distances,
    surface_pixels,
)

__all__ = [
    "ABSENT",
    "AREAS",
    "BOWL_THRESHOLDS",
    "EMPTY",
    "HOW",
    "MAX_DETECTIONS",
    "METRICS",
    "RECALLS",
    "RULES",
    "THRESHOLDS",
    "UNANSWERED",
    "Absent",
    "AreaRange",
    "AveragePrecision",
    "ClassCounts",
    "ClassQuality",
    "ClassRow",
    "ContourMatch",
    "Curve",
    "Direction",
    "Empty",
    "EmptyRule",
    "How",
    "ImageObjects",
    "Matches",
    "Metric",
    "ObjectPrecision",
    "PanopticQuality",
    "Quality",
    "Reading",
    "Reduction",
    "Report",
    "RunLengths",
    "SaliencyCurve",
    "SaliencyScores",
    "SegmentMatch",
    "SurfaceDistances",
    "Unanswered",
    "adaptive_threshold",
    "average_precision",
    "average_surface_distance",
    "boundary_f",
    "boundary_iou",
    "boundary_iou_mask",
    "boundary_radius",
    "boundary_ring",
    "class_counts",
    "confusion_matrix",
    "contour_accuracy",
    "contour_map",
    "contour_match",
    "dice",
    "empty_value",
    "f_beta",
    "frequency_weighted_iou",
    "hausdorff",
    "hausdorff_95",
    "iou",
    "j_and_f",
    "join_object_precisions",
    "join_qualities",
    "mean_absolute_error",
    "mean_dice",
    "mean_iou",
    "mean_pixel_accuracy",
    "normalised_surface_distance",
    "object_precision",
    "panoptic_quality",
    "pixel_accuracy",
    "precision",
    "recall",
    "reduce",
    "region_similarity",
    "report",
    "safe_divide",
    "saliency_curve",
    "saliency_scores",
    "surface_distances",
    "surface_pixels",
]
