"""Every metric of the page in one table: what it is called, what it sees and what it does not."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from seglib.ui.numbers import sig3

Group = Literal["Pixels", "Boundary", "Objects"]


@dataclass(frozen=True)
class Metric:
    """One metric.

    Parameters
    ----------
    key : str
        In the address and in files.
    title : str
        On the tile.
    group : str
        Under which heading.
    sees, misses : str
        One sentence each: what moves it, and what does not.
    undefined : str
        When it is undefined, and why.
    pixels : bool
        Whether it is a distance in pixels, where less is better; else a share, where more is.
    source : tuple of str
        Title and address of where it is defined.
    """

    key: str
    title: str
    group: Group
    sees: str
    misses: str
    undefined: str
    source: tuple[str, str]
    pixels: bool = False

    def show(self, value: float) -> str:
        """Return a value as people read it."""
        if self.pixels and value == math.inf:
            return "∞ px"
        text = sig3(value)
        return f"{text} px" if self.pixels and text != "undefined" else text

    def better(self, change: float) -> bool:
        """Whether a change is for the better."""
        return change < 0 if self.pixels else change > 0


_VOC = ("Everingham et al. 2010", "https://doi.org/10.1007/s11263-009-0275-4")
_FCN = ("Long et al. 2015", "https://arxiv.org/abs/1411.4038")
_BIOU = ("Cheng et al. 2021", "https://arxiv.org/abs/2103.16562")
_DAVIS = ("Perazzi et al. 2016", "https://doi.org/10.1109/CVPR.2016.85")
_TAHA = ("Taha and Hanbury 2015", "https://doi.org/10.1186/s12880-015-0068-x")
_NSD = ("Nikolov et al. 2018", "https://arxiv.org/abs/1809.04430")
_COCO = ("COCO detection evaluation", "https://cocodataset.org/#detection-eval")
_PQ = ("Kirillov et al. 2019", "https://arxiv.org/abs/1801.00868")
_NONE = "The truth has no object of this class (stuff has none at all): recall is 0/0."
_NEITHER = "The class is in neither map: 0/0."
_SURFACE = "The class is in neither map: there is no outline to measure from."

METRICS: tuple[Metric, ...] = (
    Metric(
        "iou", "IoU", "Pixels",
        "The pixels in both maps as a share of those in either.",
        "Where the mistakes are: a rim all around costs as much as a hole in the middle.",
        _NEITHER, _VOC,
    ),
    Metric(
        "dice", "Dice", "Pixels",
        "The same counts as IoU with the shared pixels twice, so never below it.",
        "Nothing that IoU sees: 2·IoU / (1 + IoU) puts all predictions in the same order.",
        _NEITHER, _TAHA,
    ),
    Metric(
        "precision", "Precision", "Pixels",
        "Of the pixels called so, the share that is right.",
        "What was missed: one right pixel gives 1.",
        "The class was never predicted: 0/0.", _TAHA,
    ),
    Metric(
        "recall", "Recall", "Pixels",
        "Of the class's true pixels, the share that was found.",
        "What was wrongly claimed: calling everything so gives 1.",
        "The class is not in the truth: 0/0.", _TAHA,
    ),
    Metric(
        "pixel_accuracy", "Pixel accuracy", "Pixels",
        "The share of all pixels that are right, whatever their class.",
        "Small classes: with 99 % background, finding nothing gives 0.99.",
        "No pixel is judged.", _FCN,
    ),
    Metric(
        "mean_iou", "Mean IoU", "Pixels",
        "The IoU of each class, all classes counting the same.",
        "How large a class is: a pole counts as much as the sky.",
        "No class is in either map.", _VOC,
    ),
    Metric(
        "fw_iou", "FW IoU", "Pixels",
        "The IoU of each class, weighted by its share of the truth.",
        "Small classes, nearly as much as pixel accuracy does.",
        "No pixel is judged.", _FCN,
    ),
    Metric(
        "boundary_iou", "Boundary IoU", "Boundary",
        "The IoU of two rings, each just inside its outline.",
        "The inside of large objects; and for objects thinner than two rings it is plain IoU.",
        _NEITHER, _BIOU,
    ),
    Metric(
        "boundary_f", "Boundary F", "Boundary",
        "The share of both contours that lies near the other.",
        "Anything within the tolerance, and how far off the rest is.",
        "Neither map has a contour.", _DAVIS,
    ),
    Metric(
        "hausdorff", "Hausdorff", "Boundary",
        "The worst pixel: the longest way from one outline to the other.",
        "Everything but that one pixel.",
        _SURFACE, _TAHA, pixels=True,
    ),
    Metric(
        "hausdorff_95", "HD 95 %", "Boundary",
        "The same without the worst twentieth of each outline.",
        "Mistakes on less than a twentieth of the outline, however far.",
        _SURFACE, _TAHA, pixels=True,
    ),
    Metric(
        "asd", "ASD", "Boundary",
        "Average surface distance: how far the outlines are apart, both ways.",
        "One far mistake among many good pixels.",
        _SURFACE, _TAHA, pixels=True,
    ),
    Metric(
        "nsd", "NSD", "Boundary",
        "Normalised surface distance, or surface Dice: the share of both outlines near the other.",
        "How far off the rest is.",
        "The class is in neither map: no outline.", _NSD,
    ),
    Metric(
        "ap", "AP", "Objects",
        "Objects found at IoU 0.50, 0.55, … 0.95, the surest first, averaged.",
        "Pixels as such; and objects of low rank hardly matter.",
        _NONE, _COCO,
    ),
    Metric(
        "ap50", "AP50", "Objects",
        "Objects found at an IoU of at least one half.",
        "How well they fit beyond one half.",
        _NONE, _COCO,
    ),
    Metric(
        "pq", "PQ", "Objects",
        "Recognition times segmentation: matched segments, and how well they fit.",
        "Fits below one half, which are no matches at all.",
        "The class has no segment in either map.", _PQ,
    ),
    Metric(
        "sq", "SQ", "Objects",
        "The mean IoU of the matched segments; 0 where none is matched.",
        "What was missed or invented.",
        "The class has no segment in either map.", _PQ,
    ),
    Metric(
        "rq", "RQ", "Objects",
        "The F1 score of the segments: matched, invented, missed.",
        "How well they fit.",
        "The class has no segment in either map.", _PQ,
    ),
)  # fmt: skip
"""All metrics, in the order of the tiles."""

BY_KEY = {metric.key: metric for metric in METRICS}
