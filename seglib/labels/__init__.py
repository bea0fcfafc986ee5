"""The one label table: every label set with its names and colours."""

from __future__ import annotations

from seglib.labels._ade20k import ADE20K_150
from seglib.labels._coco import COCO_80, COCO_91, COCO_PANOPTIC_133
from seglib.labels.label_set import VOID_COLOR, Color, Label, LabelSet
from seglib.labels.table import (
    ALL,
    CAMVID_11,
    CAMVID_12,
    CITYSCAPES_19,
    FOREGROUND_2,
    NUCLEI_2,
    VOC_21,
    find,
)

__all__ = [
    "ADE20K_150",
    "ALL",
    "CAMVID_11",
    "CAMVID_12",
    "CITYSCAPES_19",
    "COCO_80",
    "COCO_91",
    "COCO_PANOPTIC_133",
    "FOREGROUND_2",
    "NUCLEI_2",
    "VOC_21",
    "VOID_COLOR",
    "Color",
    "Label",
    "LabelSet",
    "find",
]
