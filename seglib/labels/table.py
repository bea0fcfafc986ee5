"""The label sets by name, and those of VOC, Cityscapes and CamVid (facts, one row a class)."""

from __future__ import annotations

from difflib import get_close_matches

from seglib.errors import LabelError
from seglib.labels._ade20k import ADE20K_150
from seglib.labels._coco import COCO_80, COCO_91, COCO_PANOPTIC_133
from seglib.labels.label_set import LabelSet, rows

THING, STUFF = True, False

# Colours follow the rule of the development kit: bit i of the id, from low to high, sets one bit
# of red, green and blue in turn, from high to low. Names in words, the kit's spelling as an alias.
VOC_21 = LabelSet(
    "voc-21",
    "Pascal VOC (20 classes and background)",
    rows(
        (
            ("background", (0, 0, 0), STUFF),
            ("aeroplane", (128, 0, 0), THING),
            ("bicycle", (0, 128, 0), THING),
            ("bird", (128, 128, 0), THING),
            ("boat", (0, 0, 128), THING),
            ("bottle", (128, 0, 128), THING),
            ("bus", (0, 128, 128), THING),
            ("car", (128, 128, 128), THING),
            ("cat", (64, 0, 0), THING),
            ("chair", (192, 0, 0), THING),
            ("cow", (64, 128, 0), THING),
            ("dining table, diningtable", (192, 128, 0), THING),
            ("dog", (64, 0, 128), THING),
            ("horse", (192, 0, 128), THING),
            ("motorbike", (64, 128, 128), THING),
            ("person", (192, 128, 128), THING),
            ("potted plant, pottedplant", (0, 64, 0), THING),
            ("sheep", (128, 64, 0), THING),
            ("sofa", (0, 192, 0), THING),
            ("train", (128, 192, 0), THING),
            ("tv monitor, tvmonitor", (0, 64, 128), THING),
        )
    ),
)

# The train ids: the 19 classes that the benchmark judges.
CITYSCAPES_19 = LabelSet(
    "cityscapes-19",
    "Cityscapes (19 classes)",
    rows(
        (
            ("road", (128, 64, 128), STUFF),
            ("sidewalk", (244, 35, 232), STUFF),
            ("building", (70, 70, 70), STUFF),
            ("wall", (102, 102, 156), STUFF),
            ("fence", (190, 153, 153), STUFF),
            ("pole", (153, 153, 153), STUFF),
            ("traffic light", (250, 170, 30), STUFF),
            ("traffic sign", (220, 220, 0), STUFF),
            ("vegetation", (107, 142, 35), STUFF),
            ("terrain", (152, 251, 152), STUFF),
            ("sky", (70, 130, 180), STUFF),
            ("person", (220, 20, 60), THING),
            ("rider", (255, 0, 0), THING),
            ("car", (0, 0, 142), THING),
            ("truck", (0, 0, 70), THING),
            ("bus", (0, 60, 100), THING),
            ("train", (0, 80, 100), THING),
            ("motorcycle", (0, 0, 230), THING),
            ("bicycle", (119, 11, 32), THING),
        )
    ),
)

_CAMVID = (
    ("sky", (128, 128, 128), STUFF),
    ("building", (128, 0, 0), STUFF),
    ("pole", (192, 192, 128), STUFF),
    ("road", (128, 64, 128), STUFF),
    ("pavement, sidewalk", (60, 40, 222), STUFF),
    ("tree", (128, 128, 0), STUFF),
    ("sign, sign symbol, signsymbol", (192, 128, 128), STUFF),
    ("fence", (64, 64, 128), STUFF),
    ("car, vehicle", (64, 0, 128), THING),
    ("pedestrian", (64, 64, 0), THING),
    ("bicyclist, bike", (0, 128, 192), THING),
)

CAMVID_11 = LabelSet("camvid-11", "CamVid (11 classes)", rows(_CAMVID))

# Networks with a twelfth output answer 11 for what the annotators left open. Here it is a class
# like any other, so that such an answer can be shown; no benchmark judges it.
CAMVID_12 = LabelSet(
    "camvid-12",
    "CamVid (11 classes and unlabelled)",
    rows((*_CAMVID, ("unlabelled, unlabeled", (0, 0, 0), STUFF))),
)

# Two questions with two answers each; colours from Okabe and Ito.
NUCLEI_2 = LabelSet(
    "nuclei-2",
    "Cell nuclei",
    rows((("background", (0, 0, 0), STUFF), ("nucleus", (86, 180, 233), THING))),
)
FOREGROUND_2 = LabelSet(
    "foreground-2",
    "Subject and background",
    rows((("background", (0, 0, 0), STUFF), ("subject", (230, 159, 0), THING))),
)

ALL: tuple[LabelSet, ...] = (
    VOC_21,
    CITYSCAPES_19,
    CAMVID_11,
    CAMVID_12,
    NUCLEI_2,
    FOREGROUND_2,
    ADE20K_150,
    COCO_80,
    COCO_91,
    COCO_PANOPTIC_133,
)
"""Every label set of the library."""


def find(name: str) -> LabelSet:
    """Return the label set with this name, ``"voc-21"``; case, ``_`` and spaces do not matter.

    Raises
    ------
    LabelError
        There is none; the message has the nearest names, or all of them where none is near.
    """
    wanted = name.strip().lower().replace("_", "-").replace(" ", "-")
    by_name = {label_set.name: label_set for label_set in ALL}
    if wanted in by_name:
        return by_name[wanted]
    near = get_close_matches(wanted, by_name, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(by_name)}"
    raise LabelError(f"no label set is called {name!r}; {hint}")
