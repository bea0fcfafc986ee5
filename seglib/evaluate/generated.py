"""A data set for everybody: generated streets with exact truth, in the layouts of real ones."""

from __future__ import annotations

from collections.abc import Sequence

from seglib import scenes
from seglib.errors import UsageError
from seglib.evaluate.datasets import NAMES
from seglib.evaluate.files import MemoryFiles
from seglib.formats import coco, voc
from seglib.images import encode_jpeg

SIZE = (480, 360)
"""Width and height of the pictures in pixels: CamVid's."""


def streets(
    seeds: Sequence[int], *, layout: str = "camvid", size: tuple[int, int] = SIZE
) -> MemoryFiles:
    """Return pictures and labels of generated streets.

    Parameters
    ----------
    seeds : sequence of int
        One picture each.
    layout : {"camvid", "coco"}
        ``NAME.jpg`` + ``NAME.png``, or pictures and ``annotations.json`` with a region a class.
    size : (width, height)
    """
    if layout not in NAMES or layout == "voc":
        raise UsageError(f"expected a layout among camvid, coco, got {layout!r}")
    content: dict[str, bytes] = {}
    parts = []
    for number, seed in enumerate(seeds, start=1):
        scene = scenes.street(seed, size=size)
        truth = scene.truth.semantic
        if truth is None:
            raise UsageError(f"expected a street with labels, got none of seed {seed}")
        name = f"street-{seed:06d}"
        content[f"{name}.jpg"] = encode_jpeg(scene.image.pixels, quality=95)
        if layout == "coco":
            parts.append(coco.from_semantic(truth, file_name=f"{name}.jpg", image_id=number))
        else:
            content[f"{name}.png"] = voc.write(truth.labels, truth.label_set)
    if layout == "coco":
        content["annotations.json"] = coco.write(coco.join(parts))
    return MemoryFiles(content)
