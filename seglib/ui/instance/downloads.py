"""Files to take home, made when they are asked for. They know no session: only what they are given.

The same numbers, colours and order as on the page.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

import seglib
from seglib import render
from seglib.formats import coco
from seglib.images import Image, encode_png, resize
from seglib.render.id_map import crop_at
from seglib.results import Instances
from seglib.ui import caches, downloads
from seglib.ui.downloads import File, stem
from seglib.ui.instance import facts, truth
from seglib.ui.instance.state import Work
from seglib.ui.pack import display_size

AS_SHOWN_SIDE = 4096
"""Pixels: longer side of the picture as shown; blending 50 million pixels would take gigabytes."""


def coco_json(instances: Instances, *, file_name: str) -> bytes:
    """Return the objects as COCO reads them: compressed run lengths, area, box, class, score."""
    return coco.write(coco.from_instances(instances, file_name=file_name, scores=True))


def as_shown(work: Work) -> NDArray[np.uint8]:
    """Return the picture as the stage shows it, ``(H, W, 3) uint8``, at most 4096 pixels a side."""
    pixels, instances = _at_most(work.picture.image, work.instances, AS_SHOWN_SIDE)
    colors = render.instance_colors(instances, by=work.view.colour)  # type: ignore[arg-type]
    only = None if work.pick is None else [work.pick]
    tagged = work.tagged() if only is None else only
    drawn = render.instances_overlay(
        pixels,
        instances,
        colors=colors,
        opacity=work.view.opacity,
        contour=work.view.contour,
        boxes=work.view.boxes and len(tagged) > 0,
        only=only,
    )
    if not work.view.labels or not tagged:
        return drawn
    texts = [work.text(row) for row in range(len(instances))]
    return render.draw_tags(drawn, instances, texts, colors, only=tagged)


def _at_most(image: Image, instances: Instances, side: int) -> tuple[NDArray[np.uint8], Instances]:
    size = display_size(image.size, max_side=side)
    if size == image.size:
        return image.pixels, instances
    ratio = np.array([size[0] / image.width, size[1] / image.height] * 2)
    smaller = Instances.from_crops(
        (crop_at(instances, row, size) for row in range(len(instances))),
        instances.class_ids,
        instances.scores,
        instances.label_set,
        size=size,
        boxes=instances.boxes * ratio,
    )
    return resize(image.pixels, size), smaller


def numbers_json(work: Work) -> bytes:
    """Return all numbers of the page as JSON; undefined is ``null``."""
    own = caches.segmenter(work.how.card.name, work.precision)
    info, image = own.engine.info, work.picture.image
    known = work.picture.objects
    judged = None if known is None else truth.judge(known, work.instances)
    data: dict[str, Any] = {
        "seglib": seglib.__version__,
        "picture": {
            "title": work.picture.title,
            "digest": image.digest,
            "width": image.width,
            "height": image.height,
            "seed": work.picture.seed,
        },
        "model": {
            "name": own.card.name,
            "precision": info.precision,
            "device": info.device,
            "device_name": info.device_name,
            "runtime": info.runtime,
        },
        "settings": {**asdict(work.options), "score_from": work.threshold},
        "times_ms": work.times.as_dict(),
        **facts.as_json(work.instances, judged),
    }
    return (json.dumps(data, indent=2, allow_nan=False) + "\n").encode()


def cut_out_png(work: Work, row: int) -> bytes:
    """Return one object as RGBA PNG at the picture's own size."""
    return encode_png(render.instance_cut_out(work.picture.image.pixels, work.instances, row))


def cut_out_file(work: Work, row: int) -> File:
    """Return the download of one object."""
    name = render.cut_out_name(
        row + 1, len(work.instances), work.label(row).name, float(work.instances.scores[row])
    )
    return File(
        "Cut-out",
        name,
        lambda: cut_out_png(work, row),
        "This object alone at full size, RGBA PNG with a transparent ground.",
    )


def buttons(work: Work) -> None:
    """Draw the download buttons."""
    name = stem(work.picture)
    downloads.download_row(
        (
            File(
                "COCO",
                f"{name}-objects.json",
                lambda: coco_json(work.instances, file_name=f"{name}.png"),
                "COCO JSON for pycocotools: compressed run lengths, area, box, class, score.",
            ),
            File(
                "As shown",
                f"{name}-objects.png",
                lambda: encode_png(as_shown(work)),
                "The picture as it is now, PNG, at most 4096 pixels a side.",
            ),
            File(
                "Cut-outs",
                f"{name}-cut-outs.zip",
                lambda: render.cut_outs_zip(work.picture.image.pixels, work.instances),
                "Every object alone, RGBA PNG: NN-class-score.png.",
            ),
            File(
                "Numbers",
                f"{name}-objects-numbers.json",
                lambda: numbers_json(work),
                "Every number of this page, JSON.",
            ),
        ),
        "in_download",
    )
