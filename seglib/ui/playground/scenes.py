"""Situations to start from: a truth, a prediction, and why the metrics disagree about them.

All are 160 × 120 pixels: the diagonal is exactly 200 pixels, so that two percent of it, the radius
of boundary IoU, is 4 pixels. Rectangles where a visitor should be able to check the numbers by
hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from seglib.disturb import DisturbOptions, disturb
from seglib.labels import CAMVID_11, VOC_21, LabelSet

Labels = NDArray[np.uint8]

WIDTH, HEIGHT = 160, 120
"""Pixels of every situation."""


@dataclass(frozen=True)
class Scene:
    """One situation.

    Parameters
    ----------
    key, title : str
        In the address, and on the chip.
    label_set : LabelSet
    focus : str
        Name of the class that is looked at first.
    moved : tuple of str
        Names of the classes whose regions the sliders disturb.
    backdrop : str
        Name of the class that the eraser leaves.
    maps : callable
        Gives truth and prediction, ``(120, 160) uint8`` each.
    text : str
        Which metrics disagree and why: one sentence with the page's numbers in braces, such as
        ``{iou}``, or ``{iou:car}`` for another class.
    options : mapping
        Where the sliders start.
    """

    key: str
    title: str
    label_set: LabelSet
    focus: str
    moved: tuple[str, ...]
    backdrop: str
    maps: Callable[[], tuple[Labels, Labels]]
    text: str
    options: Mapping[str, int | float] = field(default_factory=dict)

    @property
    def focus_id(self) -> int:
        """Class id of the focus."""
        return self.label_set.id_of(self.focus)

    @property
    def moved_ids(self) -> tuple[int, ...]:
        """Class ids that the sliders disturb."""
        return tuple(self.label_set.id_of(name) for name in self.moved)


def _plain(background: int = 0) -> Labels:
    return np.full((HEIGHT, WIDTH), background, np.uint8)


def _box(labels: Labels, class_id: int, x: int, y: int, width: int, height: int) -> None:
    labels[y : y + height, x : x + width] = class_id


def _ellipse(labels: Labels, class_id: int, x: float, y: float, a: float, b: float) -> None:
    rows, columns = np.arange(HEIGHT)[:, None] - y, np.arange(WIDTH)[None, :] - x
    labels[(columns / a) ** 2 + (rows / b) ** 2 <= 1] = class_id


_VOC, _CAM = VOC_21.id_of, CAMVID_11.id_of


def _town() -> tuple[Labels, Labels]:
    truth = _plain(_CAM("sky"))
    for x, y, width in ((0, 18, 34), (34, 30, 26), (104, 24, 30), (134, 10, 26)):
        _box(truth, _CAM("building"), x, y, width, 62 - y)
    _ellipse(truth, _CAM("tree"), 82, 40, 14, 15)
    _box(truth, _CAM("tree"), 80, 50, 5, 14)
    _box(truth, _CAM("pavement"), 0, 62, WIDTH, 14)
    _box(truth, _CAM("road"), 0, 76, WIDTH, 44)
    for x in (48, 122):
        _box(truth, _CAM("pole"), x, 20, 2, 52)
    car = _CAM("car")
    for x, y, wide, high in ((14, 84, 46, 14), (24, 76, 26, 9), (92, 80, 30, 9), (98, 75, 17, 6)):
        _box(truth, car, x, y, wide, high)
    for x, y, radius in ((24, 98, 4), (50, 98, 4), (98, 89, 3), (116, 89, 3)):
        _ellipse(truth, car, x, y, radius, radius)
    _box(truth, car, 140, 76, 12, 6)
    for x in (70, 132):
        _box(truth, _CAM("pedestrian"), x, 56, 5, 15)
        _ellipse(truth, _CAM("pedestrian"), x + 2, 53, 2.6, 2.6)
    options = DisturbOptions(dx=2, ragged=1, drop=1)
    moved = tuple(CAMVID_11.id_of(name) for name in _MOVED)
    return truth, disturb(truth, options, seed=12, label_set=CAMVID_11, classes=moved)


_MOVED = ("pole", "car", "pedestrian")


def _imbalance() -> tuple[Labels, Labels]:
    truth = _plain()
    _box(truth, _VOC("bus"), 100, 58, 16, 12)
    return truth, _plain()


def _pole() -> tuple[Labels, Labels]:
    truth = _plain(_CAM("sky"))
    _box(truth, _CAM("road"), 0, 90, WIDTH, 30)
    _box(truth, _CAM("building"), 80, 30, 60, 60)
    _box(truth, _CAM("pole"), 40, 14, 2, 80)
    return truth, truth.copy()


def _shift() -> tuple[Labels, Labels]:
    truth = _plain()
    _box(truth, _VOC("bus"), 16, 30, 80, 60)
    _box(truth, _VOC("car"), 124, 57, 6, 6)
    return truth, truth.copy()


def _many() -> tuple[Labels, Labels]:
    truth = _plain()
    _box(truth, _VOC("sheep"), 12, 30, 70, 60)
    found = truth.copy()
    for k in range(20):
        _box(truth, _VOC("sheep"), 96 + 16 * (k % 4), 22 + 18 * (k // 4), 4, 4)
    return truth, found


def _ragged() -> tuple[Labels, Labels]:
    truth = _plain()
    _ellipse(truth, _VOC("horse"), 80, 60, 52, 40)
    return truth, truth.copy()


def _split() -> tuple[Labels, Labels]:
    truth = _plain()
    _box(truth, _VOC("cow"), 49, 40, 62, 40)
    cut = truth.copy()
    cut[:, 49 + 40] = 0
    return truth, cut


def _merged() -> tuple[Labels, Labels]:
    truth = _plain()
    for x in (48, 80):
        _box(truth, _VOC("sheep"), x, 45, 30, 30)
    joined = truth.copy()
    _box(joined, _VOC("sheep"), 78, 45, 2, 30)
    return truth, joined


def _stray() -> tuple[Labels, Labels]:
    truth = _plain()
    _box(truth, _VOC("train"), 20, 40, 40, 40)
    speck = truth.copy()
    speck[60, 139] = _VOC("train")
    return truth, speck


SCENES: tuple[Scene, ...] = (
    Scene(
        "town", "Small street", CAMVID_11, "car", _MOVED, "road", _town,
        "Two pixels off, a ragged boundary and one object missed: IoU of the cars {iou}, panoptic "
        "quality {pq}, while {pixel_accuracy} of all pixels are right.",
    ),
    Scene(
        "imbalance", "99 % background", VOC_21, "bus", ("bus",), "background", _imbalance,
        "Pixel accuracy {pixel_accuracy} and frequency-weighted IoU {fw_iou}, because background "
        "is all they see; the bus has IoU {iou}, and its precision is {precision}.",
    ),
    Scene(
        "pole", "Thin pole", CAMVID_11, "pole", ("pole", "building"), "sky", _pole,
        "The same shift leaves the building an IoU of {iou:building} but the pole, two pixels "
        "wide, {iou}; boundary F {boundary_f} and Hausdorff {hausdorff} hardly mind.",
        {"dx": 1},
    ),
    Scene(
        "shift", "One pixel off", VOC_21, "car", ("bus", "car"), "background", _shift,
        "One pixel costs the large bus little, IoU {iou:bus}, and the small car much, {iou}; "
        "both are {hausdorff} off, and boundary IoU says {boundary_iou:bus} and {boundary_iou}.",
        {"dx": 1},
    ),
    Scene(
        "many", "Many small objects", VOC_21, "sheep", ("sheep",), "background", _many,
        "The flock's pixels are found, IoU {iou}; the flock is not: 20 of 21 sheep are missed, "
        "AP {ap}, recognition quality {rq}.",
    ),
    Scene(
        "ragged", "Ragged boundary", VOC_21, "horse", ("horse",), "background", _ragged,
        "The inside carries the IoU, {iou}, and the object counts as found, AP50 {ap50}; boundary "
        "IoU {boundary_iou} and boundary F {boundary_f} see the edge.",
        {"ragged": 5},
    ),
    Scene(
        "split", "Split object", VOC_21, "cow", ("cow",), "background", _split,
        "One line of pixels costs the IoU almost nothing, {iou}, but now there are two cows: "
        "panoptic quality {pq}, AP {ap}.",
    ),
    Scene(
        "merged", "Merged pair", VOC_21, "sheep", ("sheep",), "background", _merged,
        "Two sheep as one: IoU {iou} and boundary F {boundary_f}, but the one object matches "
        "neither sheep: panoptic quality {pq}, AP {ap}.",
    ),
    Scene(
        "stray", "One stray pixel", VOC_21, "train", ("train",), "background", _stray,
        "One pixel far away: Hausdorff distance {hausdorff}, its 95 % form {hausdorff_95}, IoU "
        "{iou}; and recognition quality {rq}, for it counts as an object.",
    ),
    Scene(
        "network", "A network on a street", CAMVID_11, "car",
        ("pole", "sign", "car", "pedestrian", "bicyclist"), "road", _town,
        "What the street model really answers for the street chosen in the sidebar, against its "
        "exact truth: mean IoU {mean_iou}, pixel accuracy {pixel_accuracy}, panoptic quality of "
        "cars {pq}.",
    ),
)  # fmt: skip
"""All situations; the maps of the last one come from the network."""

BY_KEY = {scene.key: scene for scene in SCENES}
NETWORK = "network"


@cache
def maps(key: str) -> tuple[Labels, Labels]:
    """Return truth and prediction of a drawn situation, read-only."""
    truth, prediction = BY_KEY[key].maps()
    truth.setflags(write=False)
    prediction.setflags(write=False)
    return truth, prediction
