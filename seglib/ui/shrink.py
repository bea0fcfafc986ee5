"""Answers at the size at which a picture is shown: every pixel is copied, none is mixed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from seglib.results import Instances, Panoptic
from seglib.ui.pack import display_size

Size = tuple[int, int]

__all__ = ["display_size", "places", "smaller_instances", "smaller_panoptic"]


def places(count: int, of: int) -> NDArray[np.int64]:
    """Return for ``count`` pixels the pixel of ``of`` in which the centre of each falls."""
    return (np.arange(count, dtype=np.int64) * 2 + 1) * of // (2 * count)


def smaller_panoptic(panoptic: Panoptic, size: Size) -> Panoptic:
    """Return segments at another size (width, height); those without a pixel left are gone."""
    if size == panoptic.size:
        return panoptic
    width, height = panoptic.size
    ids = panoptic.segment_ids[places(size[1], height)[:, None], places(size[0], width)]
    classes = {segment.id: segment.class_id for segment in panoptic.segments}
    scores = {segment.id: segment.score for segment in panoptic.segments}
    return Panoptic.from_ids(np.ascontiguousarray(ids), classes, panoptic.label_set, scores=scores)


def smaller_instances(instances: Instances, size: Size) -> Instances:
    """Return objects at another size (width, height), one a row as before; some may be empty."""
    if size == instances.size:
        return instances
    width, height = instances.size
    columns, rows = places(size[0], width), places(size[1], height)
    crops = []
    for row in range(len(instances)):
        x0, y0, crop = instances.crop(row)
        left, right = np.searchsorted(columns, (x0, x0 + crop.shape[1])).tolist()
        top, bottom = np.searchsorted(rows, (y0, y0 + crop.shape[0])).tolist()
        seen = crop[(rows[top:bottom] - y0)[:, None], columns[left:right] - x0]
        crops.append((left, top, np.ascontiguousarray(seen)))
    return Instances.from_crops(
        crops, instances.class_ids, instances.scores, instances.label_set, size=size
    )
