"""The layouts of data sets that a model can be judged on, and what their names mean to it.

``camvid`` and ``voc``: a picture and a PNG of class ids of the same name (grey or indexed, 255 is
void), in one folder or in two. ``coco``: pictures and a COCO JSON; its categories are found by name
among the classes of the model, and pixels without an annotation are void, because a file of things
does not say what the rest is. So only annotated pixels are judged. Where the model answers objects,
they are judged as well, by mask AP.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from seglib import labels
from seglib.errors import UsageError
from seglib.models import ModelCard


@dataclass(frozen=True, slots=True)
class Dataset:
    """A layout of files and what its ids mean.

    Parameters
    ----------
    name : str
        What one types.
    label_set : str
        Name in :mod:`seglib.labels`.
    """

    name: str
    label_set: str


DATASETS: Mapping[str, Dataset] = {
    entry.name: entry for entry in (Dataset("camvid", "camvid-11"), Dataset("voc", "voc-21"))
}
"""Data sets of pairs: grey or indexed PNG whose values are class ids."""

NAMES = (*DATASETS, "coco")
"""Names of all data sets."""

_CAMVID = {
    # CamVid's 11 classes hold what follows: a bicyclist is rider and bicycle, cars are all
    # vehicles of four wheels, signs include traffic lights.
    "person": "pedestrian",
    "bicycle": "bicyclist",
    "truck": "car",
    "bus": "car",
    "traffic light": "sign",
    "stop sign": "sign",
    "sky-other": "sky",
    "building-other": "building",
    "tree-merged": "tree",
    "fence-merged": "fence",
    "pavement-merged": "pavement",
    "sky-other-merged": "sky",
    "building-other-merged": "building",
}
_VOC = {
    "airplane": "aeroplane",
    "motorcycle": "motorbike",
    "couch": "sofa",
    "tv": "tv monitor",
    # of the generated streets
    "pedestrian": "person",
}
_NUCLEI = {"nuclei": "nucleus", "cell nucleus": "nucleus"}
_CITYSCAPES = {
    "stop sign": "traffic sign",
    "tree-merged": "vegetation",
    "sky-other-merged": "sky",
    "building-other-merged": "building",
    "fence-merged": "fence",
    "pavement-merged": "sidewalk",
    "grass-merged": "terrain",
    "wall-other-merged": "wall",
}
COCO_NAMES: Mapping[str, Mapping[str, str]] = {
    "camvid-11": _CAMVID,
    "camvid-12": _CAMVID,
    "voc-21": _VOC,
    "cityscapes-19": _CITYSCAPES,
    "nuclei-2": _NUCLEI,
}
"""For a label set: the class of a COCO category whose name is another. Equal names need no entry;
what is neither is void."""


def possible(card: ModelCard) -> tuple[str, ...]:
    """Return the names of the data sets that a model can be judged on."""
    if card.task == "instance":
        return ("coco",)
    if card.task not in ("semantic", "panoptic"):
        return ()
    pairs = [
        name for name, entry in DATASETS.items() if card.labels == labels.find(entry.label_set)
    ]
    return (*pairs, "coco")


def tells_objects(card: ModelCard) -> bool:
    """Say whether a model answers single objects."""
    return card.task in ("instance", "panoptic")


def check(card: ModelCard, name: str) -> None:
    """Raise :class:`UsageError` where a model cannot be judged on a data set."""
    if name not in NAMES:
        raise UsageError(f"expected a dataset among {', '.join(NAMES)}, got {name!r}")
    if name in possible(card):
        return
    if card.task not in ("semantic", "panoptic"):
        what = "objects alone" if card.task == "instance" else "a soft mask"
        raise UsageError(
            f"the dataset {name} judges a class for every pixel, {card.name} answers {what}"
        )
    raise UsageError(
        f"the dataset {name} has the classes of {DATASETS[name].label_set}, "
        f"{card.name} answers {card.label_set}"
    )
