"""What the everyday model learns from: VOC, COCO, horses, clothed people, streets; cut-outs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from seglib.errors import LabelError
from seglib.labels import CAMVID_11, VOC_21
from seglib.scenes import street
from training.camvid import Pixels, read_rgb

VOID, UNKNOWN = 255, 255
"""Label of a pixel that is not judged; instance id of a thing whose instances are not known."""

HORSE, PERSON = VOC_21.id_of("horse"), VOC_21.id_of("person")

# COCO calls some of VOC's classes otherwise.
_OTHER_NAMES = {
    "airplane": "aeroplane",
    "motorcycle": "motorbike",
    "couch": "sofa",
    "tv": "tv monitor",
}


@dataclass(frozen=True)
class Sample:
    """A picture with semantic labels and instance ids.

    Parameters
    ----------
    pixels : ``(H, W, 3) uint8`` RGB
    labels : ``(H, W) uint8``
        VOC ids; 255 = not judged.
    ids : ``(H, W) uint8``
        0 = no thing, 1..254 = instances, 255 = a thing of unknown instance.
    source : str
        Folder it comes from.
    """

    pixels: Pixels
    labels: Pixels
    ids: Pixels
    source: str


@dataclass(frozen=True)
class Cutout:
    """One whole instance: pixels and mask of its box, and its class."""

    pixels: Pixels
    mask: Pixels
    class_id: int


def voc_id(name: str) -> int | None:
    """Return the VOC id of a COCO category, or ``None`` where VOC has no such class."""
    try:
        return VOC_21.id_of(_OTHER_NAMES.get(name, name))
    except LabelError:
        return None


def single_components(labels: Pixels) -> Pixels:
    """Return ids: a class in one piece is one instance, a class in several is unknown.

    Crumbs under 2 % of the class's area do not count as pieces.
    """
    ids = np.zeros_like(labels)
    number = 0
    for class_id in np.unique(labels):
        if class_id in (0, VOID):
            continue
        mask = labels == class_id
        _, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
        pieces = int((stats[1:, cv2.CC_STAT_AREA] > 0.02 * mask.sum()).sum())
        number += 1
        ids[mask] = number if pieces == 1 else UNKNOWN
    return ids


def read_voc(folder: Path) -> Iterator[Sample]:
    """Read VOC's photos; instances where a class is in one piece."""
    from PIL import Image

    for path in sorted(folder.glob("*.png")):
        labels = np.array(Image.open(path))
        yield Sample(read_rgb(path.with_suffix(".jpg")), labels, single_components(labels), "voc")


def read_masks(
    folder: Path, pattern: str, class_id: int, *, longest: int = 360
) -> Iterator[Sample]:
    """Read pictures whose label is one thing of one class."""
    for path in sorted(folder.glob(pattern)):
        if path.suffix != ".png":
            continue
        mask = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        mask = (mask if mask.ndim == 2 else mask[..., 0]) > 0
        pixels, mask = shrink(read_rgb(path.with_suffix(".jpg")), mask.astype(np.uint8), longest)
        labels = (mask * np.uint8(class_id)).astype(np.uint8)
        yield Sample(pixels, labels, single_components(labels), folder.name)


def read_unlabelled(folder: Path, *, longest: int = 360) -> Iterator[Sample]:
    """Read photographs of anything: nothing in them is judged; a teacher may name what it sees."""
    for path in sorted(folder.glob("*.jpg")):
        if path.name.startswith("horse_"):
            continue
        whole = read_rgb(path)
        pixels, _ = shrink(whole, whole[..., 0], longest)
        nothing = np.full(pixels.shape[:2], VOID, np.uint8)
        yield Sample(pixels, nothing, np.full_like(nothing, UNKNOWN), folder.name)


def read_drives(folder: Path, *, longest: int = 360) -> Iterator[Sample]:
    """Read CamVid's frames: cars and people; a bicycle and its rider are one there: not judged."""
    classes = np.zeros(256, np.uint8)
    classes[CAMVID_11.id_of("car")] = voc_id("car")
    classes[CAMVID_11.id_of("pedestrian")] = PERSON
    classes[[CAMVID_11.id_of("bicyclist"), 255]] = VOID
    for path in sorted(folder.glob("*.png")):
        labels = classes[cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)]
        pixels, labels = shrink(read_rgb(path.with_suffix(".jpg")), labels, longest)
        yield Sample(pixels, labels, single_components(labels), "camvid")


def shrink(pixels: Pixels, labels: Pixels, longest: int) -> tuple[Pixels, Pixels]:
    """Bring the longest side down to ``longest`` pixels."""
    height, width = labels.shape
    scale = longest / max(height, width)
    if scale >= 1:
        return pixels, labels
    size = (round(width * scale), round(height * scale))
    return (
        cv2.resize(pixels, size, interpolation=cv2.INTER_AREA),
        cv2.resize(labels, size, interpolation=cv2.INTER_NEAREST),
    )


def read_coco(folder: Path, annotations: Path, *, longest: int = 512) -> Iterator[Sample]:
    """Read COCO's photos with the instances of VOC's classes; other things are background."""
    content = json.loads(annotations.read_text())
    classes = {c["id"]: voc_id(c["name"]) for c in content["categories"]}
    of_picture: dict[int, list[dict]] = {}
    for annotation in content["annotations"]:
        of_picture.setdefault(annotation["image_id"], []).append(annotation)
    for picture in content["images"]:
        pixels = read_rgb(folder / Path(picture["file_name"]).name)
        height, width = pixels.shape[:2]
        labels, ids = np.zeros((height, width), np.uint8), np.zeros((height, width), np.uint8)
        # small things last: what lies on a table covers it
        found = sorted(of_picture.get(picture["id"], []), key=lambda a: -a["area"])
        number = 0
        for annotation in found:
            mask = annotation_mask(annotation["segmentation"], height, width)
            class_id = classes[annotation["category_id"]]
            if class_id is None:
                continue
            labels[mask] = class_id
            number = min(number + 1, UNKNOWN - 1)
            ids[mask] = UNKNOWN if annotation["iscrowd"] else number
        small, labels = shrink(pixels, labels, longest)
        _, ids = shrink(pixels, ids, longest)
        yield Sample(small, labels, ids, "coco")


def annotation_mask(segmentation: object, height: int, width: int) -> NDArray[np.bool_]:
    """Rasterise polygons or uncompressed counts."""
    mask = np.zeros((height, width), np.uint8)
    if isinstance(segmentation, dict):
        runs = segmentation["counts"]
        flat = np.repeat(np.arange(len(runs)) % 2, runs).astype(np.uint8)
        return flat.reshape(width, height).T > 0
    polygons = [np.round(np.reshape(p, (-1, 2))).astype(np.int32) for p in segmentation]
    cv2.fillPoly(mask, polygons, 1)
    return mask > 0


def cutouts(samples: list[Sample], *, smallest: int = 40, longest: int = 288) -> list[Cutout]:
    """Return the instances that are whole: large enough, and not cut by the picture's border."""
    found = []
    for sample in samples:
        height, width = sample.labels.shape
        for number in np.unique(sample.ids):
            if number in (0, UNKNOWN):
                continue
            mask = (sample.ids == number).astype(np.uint8)
            x, y, w, h = cv2.boundingRect(mask)
            touches = (x == 0) + (y == 0) + (x + w == width) + (y + h == height)
            if min(w, h) < smallest or touches > 1 or mask.sum() < 0.2 * w * h:
                continue
            box = (slice(y, y + h), slice(x, x + w))
            values = sample.labels[box][mask[box] > 0]
            pixels, small = shrink(sample.pixels[box], mask[box], longest)
            found.append(Cutout(pixels, small, int(np.bincount(values).argmax())))
    return found


def read_streets(count: int, *, first_seed: int = 300_000) -> Iterator[Sample]:
    """Generate streets with cars and people; a bicycle and its rider are one there: not judged."""
    classes = {"car": voc_id("car"), "pedestrian": voc_id("person"), "bicyclist": VOID}
    names = CAMVID_11.names
    for seed in range(first_seed, first_seed + count):
        scene = street(seed, size=(360, 270))
        objects = scene.truth.instances
        labels = np.zeros((270, 360), np.uint8)
        ids = np.zeros((270, 360), np.uint8)
        # the nearer ones last: they hide the others
        for row in np.argsort(objects.boxes[:, 3], kind="stable").tolist():
            mask = objects.mask(row)
            class_id = classes[names[objects.class_ids[row]]]
            labels[mask] = class_id
            ids[mask] = UNKNOWN if class_id == VOID else min(row + 1, UNKNOWN - 1)
        yield Sample(np.array(scene.image.pixels), labels, ids, "street")
