"""COCO's own software beside ours, on the same rows."""

from __future__ import annotations

import contextlib
import io

import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from seglib.metrics import ImageObjects, average_precision

SIZE = (12, 8)  # width, height


def box(x1: int, y1: int, x2: int, y2: int, size: tuple[int, int] = SIZE) -> list[int]:
    """Counts of a rectangle, column by column."""
    mask = np.zeros((size[1], size[0]), np.uint8)
    mask[y1:y2, x1:x2] = 1
    return counts(mask)


def counts(mask: np.ndarray) -> list[int]:
    flat = np.concatenate([[0], mask.T.reshape(-1), [0]]).astype(int)
    edges = np.flatnonzero(np.diff(flat))
    return np.diff(np.concatenate([[0], edges, [mask.size]])).tolist()


def pycoco(truth: list[dict], found: list[dict], sizes: dict[int, tuple[int, int]]) -> COCOeval:
    """What COCO's own software says. Rows as in its files, masks compressed."""
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        categories = sorted({row["category_id"] for row in [*truth, *found]})
        coco.dataset = {
            "info": {},
            "images": [{"id": i, "width": w, "height": h} for i, (w, h) in sizes.items()],
            "categories": [{"id": each, "name": str(each)} for each in categories],
            "annotations": [{**row, "id": at} for at, row in enumerate(truth, start=1)],
        }
        coco.createIndex()
        run = COCOeval(coco, coco.loadRes([dict(row) for row in found]), "segm")
        run.evaluate()
        run.accumulate()
        run.summarize()
    return run


def ours(rows: list[dict], sizes: dict[int, tuple[int, int]]) -> list[ImageObjects]:
    """The same rows, for us."""
    pictures = []
    for image_id, size in sorted(sizes.items()):
        mine = [row for row in rows if row["image_id"] == image_id]
        truth = bool(rows) and "area" in rows[0]
        pictures.append(
            ImageObjects(
                size,
                [row["segmentation"]["counts"] for row in mine],
                [row["category_id"] for row in mine],
                scores=None if truth else [row["score"] for row in mine],
                crowd=[row["iscrowd"] for row in mine] if truth else None,
                areas=[row["area"] for row in mine] if truth else None,
            )
        )
    return pictures


def agree(truth: list[dict], found: list[dict], sizes: dict[int, tuple[int, int]]) -> np.ndarray:
    """Compare all numbers and both tables; returns the twelve numbers."""
    theirs = pycoco(truth, found, sizes)
    mine = average_precision(ours(truth, sizes), ours(found, sizes))
    numbers = np.nan_to_num(list(mine.summary().values()), nan=-1)
    assert numbers == pytest.approx(theirs.stats, abs=1e-9)
    columns = [theirs.params.catIds.index(each) for each in mine.class_ids.tolist()]
    assert np.nan_to_num(mine.precision, nan=-1) == pytest.approx(
        theirs.eval["precision"][..., -1][:, :, columns], abs=1e-12
    )
    assert np.nan_to_num(mine.recall, nan=-1) == pytest.approx(
        theirs.eval["recall"][:, columns], abs=1e-12
    )
    return numbers
