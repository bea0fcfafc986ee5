"""Mask AP against pycocotools, and panoptic quality and boundary IoU against the usual ways.

Both sides are timed in turn in the same run and compared by their medians. Mask AP uses the COCO
pictures of the training data where they are (SEGLIB_SHARED), else as many generated ones; masks
are compressed run lengths in memory on both sides, and what either needs before it can measure
(COCO's index and loadRes, our list of pictures) is not timed. ``python -m
benchmarks.instance_metrics`` prints the table.
"""

from __future__ import annotations

import contextlib
import io
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from benchmarks.metrics import CLASSES, HEIGHT, IGNORE, WIDTH, regions
from benchmarks.table import Row, print_table
from seglib.labels import CITYSCAPES_19
from seglib.metrics import (
    ImageObjects,
    average_precision,
    boundary_iou,
    boundary_radius,
    panoptic_quality,
)

SHARED = Path(os.environ.get("SEGLIB_SHARED", Path(__file__).resolve().parents[2] / "shared"))
PICTURES, INSTANCES, SEGMENTS = 320, 2671, 200
REPEATS = 9

Rows = list[dict[str, Any]]


def side_by_side(
    ours: Callable[[], object], theirs: Callable[[], object], repeats: int = REPEATS
) -> tuple[float, float]:
    """Median seconds of both, taken in turn after one unmeasured call each."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for turn in range(repeats + 1):
        for work, times in zip((ours, theirs), seconds, strict=True):
            start = time.perf_counter()
            work()
            if turn:
                times.append(time.perf_counter() - start)
    return statistics.median(seconds[0]), statistics.median(seconds[1])


def true_objects() -> tuple[dict[str, Any], str]:
    """A COCO data set whose masks are compressed, and where it is from."""
    path = SHARED / "data" / "coco" / "instances_train.json"
    if path.is_file():
        with contextlib.redirect_stdout(io.StringIO()):
            coco = COCO(path)
        for row in coco.dataset["annotations"]:
            row["segmentation"] = coco.annToRLE(row)
        return coco.dataset, "COCO"
    rng = np.random.default_rng(0)
    annotations = []
    for number in range(INSTANCES):
        mask = np.zeros((480, 640), np.uint8)
        axes = np.exp(rng.uniform(1, 5, 2)).astype(int).tolist()
        center = rng.integers(0, (640, 480)).tolist()
        cv2.ellipse(mask, center, axes, float(rng.uniform(0, 180)), 0, 360, 1, -1)
        rle = coco_mask.encode(np.asfortranarray(mask))
        row = {"id": number + 1, "image_id": 1 + number % PICTURES, "iscrowd": 0}
        row |= {"category_id": int(rng.integers(1, 81)), "segmentation": rle}
        annotations.append({**row, "area": float(mask.sum())})
    images = [{"id": at, "width": 640, "height": 480} for at in range(1, PICTURES + 1)]
    categories = [{"id": at, "name": str(at)} for at in range(1, 81)]
    return {"images": images, "annotations": annotations, "categories": categories}, "generated"


def detections(annotations: Rows) -> Rows:
    """Masks that are nearly right: grown, shrunk and moved, some twice, some left out."""
    rng = np.random.default_rng(1)
    found = []
    for row in annotations:
        for _ in range(int(rng.choice([0, 1, 1, 1, 1, 2]))):
            mask = coco_mask.decode(row["segmentation"])
            change = cv2.dilate if rng.random() < 0.5 else cv2.erode
            mask = change(mask, np.ones(rng.integers(1, 6, 2), np.uint8))
            mask = np.roll(mask, rng.integers(-3, 4, 2), (0, 1))
            rle = coco_mask.encode(np.asfortranarray(mask))
            kept = {key: row[key] for key in ("image_id", "category_id")}
            found.append({**kept, "segmentation": rle, "score": round(rng.random(), 3)})
    return found


def of_coco(data: dict[str, Any], found: Rows) -> Callable[[], NDArray[np.float64]]:
    """Pycocotools on these: evaluate and accumulate."""
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = data
        truth.createIndex()
        results = truth.loadRes([dict(row) for row in found])

    def run() -> NDArray[np.float64]:
        with contextlib.redirect_stdout(io.StringIO()):
            evaluation = COCOeval(truth, results, "segm")
            evaluation.evaluate()
            evaluation.accumulate()
            evaluation.summarize()
        return np.asarray(evaluation.stats)

    return run


def of_ours(data: dict[str, Any], found: Rows) -> Callable[[], NDArray[np.float64]]:
    """The library on the same."""
    sizes = {row["id"]: (row["width"], row["height"]) for row in data["images"]}
    sides = []
    for rows in (data["annotations"], found):
        by_picture: dict[int, Rows] = {image_id: [] for image_id in sorted(sizes)}
        for row in rows:
            by_picture[row["image_id"]].append(row)
        sides.append(
            [
                ImageObjects(
                    sizes[image_id],
                    [row["segmentation"]["counts"] for row in mine],
                    [row["category_id"] for row in mine],
                    scores=None if rows is not found else [row["score"] for row in mine],
                    crowd=None if rows is found else [row["iscrowd"] for row in mine],
                    areas=None if rows is found else [row["area"] for row in mine],
                )
                for image_id, mine in by_picture.items()
            ]
        )

    def run() -> NDArray[np.float64]:
        return np.array(list(average_precision(*sides).summary().values()))

    return run


def mask_ap() -> Row:
    """Measure mask AP."""
    data, source = true_objects()
    found = detections(data["annotations"])
    ours, theirs = of_ours(data, found), of_coco(data, found)
    if not np.allclose(np.nan_to_num(ours(), nan=-1), theirs(), atol=1e-9):
        raise SystemExit("the two ways disagree on mask AP")
    mine, usual = side_by_side(ours, theirs, repeats=5)
    size = f"{source}: {len(data['images'])} pictures, {len(data['annotations'])} instances, "
    return Row(
        "COCO mask AP, all twelve numbers",
        f"{mine * 1e3:.0f} ms",
        f"{usual * 1e3:.0f} ms (pycocotools)",
        usual / mine,
        size + f"{len(found)} detections, compressed RLE",
        wanted=">= 3 times faster",
    )


def usual_pairs(truth: NDArray[Any], prediction: NDArray[Any]) -> object:
    """Count the pairs as the authors' software does: np.unique of combined ids."""
    return np.unique(
        truth.astype(np.uint64) * (256**3) + prediction.astype(np.uint64), return_counts=True
    )


def panoptic() -> Row:
    """Measure panoptic quality."""
    rng = np.random.default_rng(2)
    rows, columns = np.mgrid[:HEIGHT:4, :WIDTH:4]
    points = rng.uniform((0, 0), (HEIGHT, WIDTH), (SEGMENTS, 2))
    maps = []
    for centers in (points, points + rng.normal(0, 8, points.shape)):
        away = [np.hypot(rows - y, columns - x).astype(np.float32) for y, x in centers]
        nearest = np.argmin(np.stack(away), axis=0).astype(np.uint8)
        large = cv2.resize(nearest, (WIDTH, HEIGHT), interpolation=cv2.INTER_NEAREST)
        maps.append(1000 + large.astype(np.int32))
    classes = {1000 + at: int(rng.integers(CLASSES)) for at in range(SEGMENTS)}
    truth, prediction = ((each, classes) for each in maps)
    mine, usual = side_by_side(
        lambda: panoptic_quality(truth, prediction, label_set=CITYSCAPES_19),
        lambda: usual_pairs(*maps),
    )
    return Row(
        "panoptic quality",
        f"{mine * 1e3:.1f} ms",
        f"{usual * 1e3:.1f} ms (np.unique of the pairs alone)",
        usual / mine,
        f"{WIDTH}x{HEIGHT}, {SEGMENTS} segments",
        wanted="ours < 50 ms",
    )


def usual_boundary_iou(
    truth: NDArray[np.uint8], prediction: NDArray[np.uint8]
) -> NDArray[np.float64]:
    """Boundary IoU class by class with an erosion each, as the authors' software does."""
    radius, values = boundary_radius(truth.shape), []
    for class_id in range(CLASSES):
        rings = []
        for labels in (truth, prediction):
            mask = ((labels == class_id) & (truth != IGNORE)).astype(np.uint8)
            padded = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
            inside = cv2.erode(padded, np.ones((3, 3), np.uint8), iterations=radius)
            rings.append((mask - inside[1:-1, 1:-1]).astype(bool))
        values.append((rings[0] & rings[1]).sum() / (rings[0] | rings[1]).sum())
    return np.array(values)


def boundary() -> Row:
    """Measure boundary IoU."""
    truth, prediction = regions(np.random.default_rng(0), detail=8.0)
    truth[: HEIGHT // 20] = IGNORE

    def ours() -> NDArray[np.float64]:
        return boundary_iou(truth, prediction, num_classes=CLASSES, ignore_label=IGNORE)

    if not np.allclose(ours(), usual_boundary_iou(truth, prediction)):
        raise SystemExit("the two ways disagree on boundary IoU")
    mine, usual = side_by_side(ours, lambda: usual_boundary_iou(truth, prediction))
    return Row(
        "boundary IoU",
        f"{mine * 1e3:.1f} ms",
        f"{usual * 1e3:.0f} ms (erosion class by class)",
        usual / mine,
        f"{WIDTH}x{HEIGHT}, {CLASSES} classes",
        wanted="ours < 250 ms",
    )


def rows() -> list[Row]:
    """Measure and return the table's rows; ratios are theirs over ours."""
    return [mask_ap(), panoptic(), boundary()]


if __name__ == "__main__":
    print_table(rows())
