"""A data set for everybody: generated streets with exact truth, in the layouts of real ones."""

from __future__ import annotations

from collections.abc import Sequence

from seglib import render, scenes
from seglib.errors import UsageError
from seglib.evaluate.datasets import NAMES
from seglib.evaluate.files import MemoryFiles
from seglib.formats import coco, voc
from seglib.images import encode_jpeg
from seglib.results import Scene, SemanticMap

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
        ``NAME.jpg`` + ``NAME.png``, or pictures and ``annotations.json`` with a region a class
        of stuff and every thing on its own.
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
            parts.append(_annotated(scene.truth, f"{name}.jpg", number))
        else:
            content[f"{name}.png"] = voc.write(truth.labels, truth.label_set)
    if layout == "coco":
        content["annotations.json"] = coco.write(coco.join(parts))
    return MemoryFiles(content)


def _annotated(truth: Scene, file_name: str, image_id: int) -> coco.CocoFile:
    """Write the things one by one and what they leave of the classes as regions."""
    semantic, instances = truth.semantic, truth.instances
    ignore = None if semantic is None else semantic.label_set.ignore
    if semantic is None or instances is None or ignore is None:
        raise UsageError(f"expected a street with classes and objects, got none of {file_name}")
    things = coco.from_instances(instances, file_name=file_name, image_id=image_id)
    rest = semantic.labels.copy()
    rest[render.instance_ids(instances) > 0] = ignore
    stuff = coco.from_semantic(
        SemanticMap(rest, semantic.label_set),
        file_name=file_name,
        image_id=image_id,
        first_id=len(things.annotations) + 1,
    )
    rows = (*things.annotations, *stuff.annotations)
    return coco.CocoFile(things.images, rows, things.categories)
