"""Files to look into, written by our own writers: good ones, and ones with mistakes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib import scenes
from seglib.formats import coco, voc
from seglib.images import Image
from seglib.labels import ADE20K_150, CAMVID_11, VOC_21, Label, LabelSet
from seglib.scenes import GeneratedScene

SIZE = (480, 360)
_BORDER = 2
_SMALL = 40
_TO_VOC = {"car": "car", "pedestrian": "person", "bicyclist": "bicycle"}


@st.cache_resource(max_entries=6, show_spinner=False)
def scene(seed: int) -> GeneratedScene:
    """Return the street of a seed at the size of the built-in files."""
    return scenes.street(seed, size=SIZE)


def picture(seed: int) -> Image:
    """Return the picture that the built-in files belong to."""
    return scene(seed).image


@st.cache_resource(max_entries=6, show_spinner=False)
def voc_file(seed: int) -> bytes:
    """Return a VOC file: objects, background, and a void border around each object."""
    import cv2

    truth = scene(seed).truth.instances
    labels = np.zeros((SIZE[1], SIZE[0]), np.uint8)
    if truth is not None:
        kernel = np.ones((2 * _BORDER + 1, 2 * _BORDER + 1), np.uint8)
        order = np.argsort(-truth.areas)
        borders: NDArray[np.bool_] = np.zeros(labels.shape, bool)
        for index in order.tolist():
            mask = truth.mask(index)
            name = truth.label_set.label(int(truth.class_ids[index])).name
            labels[mask] = VOC_21.id_of(_TO_VOC.get(name, "background"))
            grown = cv2.dilate(mask.astype(np.uint8), kernel) > 0
            shrunk = cv2.erode(mask.astype(np.uint8), kernel[1:-1, 1:-1]) > 0
            # What is too small to be outlined is void as a whole.
            borders |= mask if truth.areas[index] < _SMALL else grown & ~shrunk
        labels[borders] = voc.VOID
    return voc.write(labels, VOC_21)


@st.cache_resource(max_entries=6, show_spinner=False)
def coco_file(seed: int) -> bytes:
    """Return a COCO file: objects as polygons, pedestrians far away as one crowd."""
    truth = scene(seed).truth.instances
    if truth is None:
        raise ValueError("a street has instances")
    small = [
        index
        for index in range(len(truth))
        if truth.class_ids[index] == CAMVID_11.id_of("pedestrian") and truth.areas[index] < 120
    ]
    others = [
        index for index in range(len(truth)) if index not in small and truth.areas[index] >= 12
    ]
    # A large car first: what a visitor sees first should be worth looking at.
    car = CAMVID_11.id_of("car")
    others.sort(key=lambda index: (truth.class_ids[index] != car, -int(truth.areas[index])))
    name = f"street-{seed:06d}.jpg"
    file = coco.from_instances(truth.select(others), file_name=name, form="polygons", tolerance=0.7)
    if len(small) > 1:
        crowd = coco.annotation(
            np.logical_or.reduce(truth.select(small).masks),
            id=len(file.annotations) + 1,
            category_id=CAMVID_11.id_of("pedestrian"),
            form="counts",
            iscrowd=True,
        )
        file = replace(file, annotations=(*file.annotations, crowd))
    return coco.write(file)


@st.cache_resource(max_entries=6, show_spinner=False)
def broken_coco(seed: int) -> bytes:
    """Return the COCO file with a dozen mistakes, each another one."""
    content = json.loads(coco_file(seed))
    rows = [row for row in content["annotations"] if isinstance(row["segmentation"], list)]
    for row, spoil in zip(rows, _MISTAKES, strict=False):
        spoil(row)
    return json.dumps(content, separators=(",", ":")).encode()


def _corners(row: dict[str, Any]) -> None:
    x, y, width, height = row["bbox"]
    row["bbox"] = [x, y, x + width, y + height]


def _runs(row: dict[str, Any]) -> None:
    row["segmentation"] = {"size": [SIZE[1], SIZE[0]], "counts": [100, 20, 5]}


def _replace(row: dict[str, Any], index: int, value: float) -> None:
    row["segmentation"][0][index] = value


# Each spoils another annotation; streets with fewer objects have fewer mistakes.
_MISTAKES: tuple[Callable[[dict[str, Any]], Any], ...] = (
    lambda row: row.update(area=-row["area"]),
    lambda row: row.update(id=1),
    lambda row: row.update(image_id=99),
    lambda row: row.update(category_id=77),
    lambda row: row.update(segmentation=[row["segmentation"][0][:2]]),
    lambda row: row["segmentation"][0].pop(),
    lambda row: _replace(row, 2, float("nan")),
    lambda row: _replace(row, 0, -40.0),
    _corners,
    lambda row: row.update(area=3 * row["area"]),
    _runs,
    lambda row: row.pop("iscrowd"),
)


@st.cache_resource(max_entries=6, show_spinner=False)
def broken_voc(seed: int) -> bytes:
    """Return the VOC file with ids that VOC does not have, and another palette."""
    labels = voc.read(voc_file(seed)).copy()
    labels[20:60, 20:90] = 21
    labels[80:90, 30:60] = 200
    return voc.write(labels, _wide())


def _wide() -> LabelSet:
    rows = tuple(Label(i, f"class {i}", ADE20K_150.label(i % 150).color) for i in range(255))
    return LabelSet("wide", "255 classes", rows)
