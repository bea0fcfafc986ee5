"""Files to take home, made from the arrays themselves and only when asked for."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import seglib
from seglib import render
from seglib.evaluate.files import MemoryFiles
from seglib.formats import coco_panoptic
from seglib.images import encode_png, resize
from seglib.ui import downloads
from seglib.ui.downloads import File
from seglib.ui.pack import display_size
from seglib.ui.panoptic import table
from seglib.ui.panoptic.shown import Shown
from seglib.ui.panoptic.work import Work
from seglib.ui.semantic.facts import plain
from seglib.ui.shrink import smaller_panoptic
from seglib.ui.stage import StageState

AS_SHOWN_SIDE = 4096
"""Pixels: longer side of the picture as shown."""


def coco_zip(work: Work) -> bytes:
    """Return COCO's pair, the PNG of ids and the JSON of segments, as a ZIP archive."""
    stem = downloads.stem(work.picture)
    png, data = coco_panoptic.write(work.panoptic, file_name=f"{stem}.jpg")
    return MemoryFiles({f"{stem}.png": png, f"{stem}.json": data}).to_zip()


def as_shown_png(work: Work, shown: Shown, state: StageState, *, names: bool) -> bytes:
    """Return the stage's picture: opacity, isolation, outlines and names.

    At full size up to 4096 pixels a side.
    """
    pixels = work.picture.image.pixels
    size = display_size(work.panoptic.size, max_side=AS_SHOWN_SIDE)
    if size != work.panoptic.size:
        pixels = resize(pixels, size)
    panoptic = smaller_panoptic(work.panoptic, size)
    there = {segment.id for segment in panoptic.segments}
    only = [each for each in shown.ids(state.only) if each in there] if state.only else None
    if state.view == "mask" and only is None and not state.contour:
        drawn = render.colourise_segments(panoptic, shown.colors)
    else:
        drawn = render.segments_overlay(
            pixels,
            panoptic,
            colors=shown.colors,
            opacity=1.0 if state.view == "mask" else state.opacity / 100,
            contour=state.contour,
            only=only,
        )
    if names:
        listed = there if only is None else set(only)
        own = {each: name for each, name in shown.names.items() if each in listed}
        drawn = render.names_written(drawn, panoptic, own)
    if state.view == "side":
        drawn = render.side_by_side(pixels, drawn)
    return encode_png(drawn)


def numbers_json(work: Work, shown: Shown, settings: dict[str, Any]) -> bytes:
    """Return all numbers of the page as JSON; undefined is ``null``."""
    picture, found = work.picture, work.merging
    data: dict[str, Any] = {
        "seglib": seglib.__version__,
        "picture": {
            "title": picture.title,
            "digest": picture.image.digest,
            "width": picture.image.width,
            "height": picture.image.height,
            "seed": picture.seed,
        },
        "source": work.source,
        "model": work.model,
        "label_set": work.panoptic.label_set.name,
        "settings": settings,
        "times_ms": None if work.times is None else work.times.as_dict(),
        "void_pixels": int((work.panoptic.segment_ids == 0).sum()),
        "segments": table.rows(work, shown),
        "turns": None
        if found is None
        else {
            "objects": [asdict(claim) for claim in found.claims],
            "classes": [asdict(rest) for rest in found.rests],
        },
        "panoptic_quality": None
        if work.quality is None
        else {
            name: {"PQ": group.pq, "SQ": group.sq, "RQ": group.rq, "classes": group.classes}
            for name, group in (
                ("all", work.quality.all),
                ("things", work.quality.things),
                ("stuff", work.quality.stuff),
            )
        },
    }
    return (json.dumps(plain(data), indent=2, allow_nan=False) + "\n").encode()


def buttons(
    work: Work, shown: Shown, state: StageState, *, names: bool, settings: dict[str, Any]
) -> None:
    """Draw the download buttons; each file is made at the click."""
    stem = downloads.stem(work.picture)
    downloads.download_row(
        (
            File(
                "COCO panoptic",
                f"{stem}-panoptic.zip",
                lambda: coco_zip(work),
                "A PNG whose colours are segment ids, R + 256·G + 256²·B, and the JSON that says "
                "what each segment is.",
            ),
            File(
                "As shown",
                f"{stem}-segments.png",
                lambda: as_shown_png(work, shown, state, names=names),
                "The stage as it is now, PNG, at most 4096 pixels a side.",
            ),
            File(
                "Numbers",
                f"{stem}-segments.json",
                lambda: numbers_json(work, shown, settings),
                "Segments, turns of the merging, quality: every number of this page, JSON.",
            ),
        ),
        "pan_download",
    )
