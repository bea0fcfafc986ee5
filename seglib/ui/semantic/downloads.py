"""Files to take home, made from the arrays themselves and only when asked for."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

import seglib
from seglib import render
from seglib.formats import voc
from seglib.images import Image, encode_png, resize
from seglib.render.contours import draw_contour
from seglib.ui import caches, colors, downloads
from seglib.ui.caches import View
from seglib.ui.downloads import File
from seglib.ui.pack import display_size, nearest, smaller
from seglib.ui.semantic.facts import Absent, facts, plain
from seglib.ui.stage import StageState, with_default_show

Labels = NDArray[np.uint8] | NDArray[np.uint16]
Pixels = NDArray[np.uint8]

AS_SHOWN_SIDE = 4096
"""Pixels: longer side of the picture of the stage."""


def indexed_png(view: View) -> bytes:
    """Return the label map as an indexed PNG with the palette; 255 is void."""
    return voc.write(view.result.labels, view.result.label_set)


def colour_png(view: View) -> bytes:
    """Return the label map in colours."""
    return encode_png(render.colourise(view.result.labels, view.result.label_set))


def _blend(pixels: Pixels, layer: Pixels, opacity: float) -> Pixels:
    mixed = pixels * np.float32(1 - opacity) + layer * np.float32(opacity)
    return (mixed + np.float32(0.5)).astype(np.uint8)


def _chosen(labels: Labels, only: tuple[int, ...], ignore: int | None) -> Labels:
    """Label map of two classes, 1 where a chosen class is; what is not judged stays so."""
    chosen = np.isin(labels, only).astype(np.uint8)
    if ignore is not None:
        chosen[labels == ignore] = 255
    return chosen


def _at_most(view: View, max_side: int) -> View:
    size = display_size(view.picture.image.size, max_side=max_side)
    if size == view.picture.image.size:
        return view
    truth = view.picture.truth
    picture = replace(
        view.picture,
        image=Image.from_array(resize(view.picture.image.pixels, size)),
        truth=None if truth is None else smaller(truth, size),
    )
    return replace(
        view,
        picture=picture,
        result=smaller(view.result, size),
        other=nearest(view.other, size),
    )


def _layer(view: View, state: StageState) -> Pixels:
    """One picture as the stage draws it."""
    result, pixels = view.result, view.picture.image.pixels
    opacity = 1.0 if state.view == "mask" else state.opacity / 100
    truth = view.picture.truth
    labels = result.labels
    if state.show == "truth" and truth is not None:
        labels = truth.labels
    if state.show == "confidence" and (certain := result.confidence()) is not None:
        shown = _blend(pixels, render.heat(certain, low=0.0, high=1.0), opacity)
    elif state.show == "errors" and truth is not None:
        first, second, one = truth.labels, result.labels, None
        if state.only:
            ignore = result.label_set.ignore
            first, second = _chosen(first, state.only, ignore), _chosen(second, state.only, None)
            one = 1
        shown = _blend(
            pixels, render.error_map(first, second, class_id=one, pixels=pixels), opacity
        )
    elif state.show == "changed":
        differs = (view.other != result.labels)[..., None]
        marked = np.where(differs, np.array(colors.CHANGED, np.uint8), render.faded(pixels))
        shown = _blend(pixels, marked, opacity)
    elif state.view == "mask" and not state.only and not state.contour:
        return render.colourise(labels, result.label_set)
    else:
        return render.overlay(
            pixels,
            labels,
            result.label_set,
            opacity=opacity,
            only=state.only or None,
            contour=state.contour,
        )
    if state.contour:
        outlined = (
            np.where(np.isin(labels, state.only), labels, np.uint16(65535))
            if state.only
            else labels
        )
        draw_contour(shown, outlined.astype(np.uint16))
    return shown


def as_shown_png(view: View, state: StageState) -> bytes:
    """Return the stage's picture: its map, opacity, isolation and contour.

    At full size up to 4096 pixels a side; blending 50 million pixels would take gigabytes.
    """
    state = with_default_show(state, view.packed)
    view = _at_most(view, AS_SHOWN_SIDE)
    shown = _layer(view, state)
    if state.view == "side":
        left = view.picture.image.pixels
        if state.against == "truth":
            left = _layer(view, replace(state, show="truth"))
        shown = render.side_by_side(left, shown)
    return encode_png(shown)


def numbers_json(
    view: View, *, model: str, precision: str | None, upsampling: str, absent: Absent
) -> bytes:
    """Return all numbers of the page as JSON; undefined is ``null``."""
    own = caches.segmenter(model, precision)
    found = facts(view, absent=absent)
    info = own.engine.info
    data: dict[str, Any] = {
        "seglib": seglib.__version__,
        "picture": {
            "title": view.picture.title,
            "digest": view.picture.image.digest,
            "width": view.picture.image.width,
            "height": view.picture.image.height,
            "seed": view.picture.seed,
        },
        "model": {
            "name": own.card.name,
            "precision": info.precision,
            "device": info.device,
            "device_name": info.device_name,
            "runtime": info.runtime,
        },
        "settings": {"upsampling": upsampling, "absent": absent},
        "times_ms": view.times.as_dict(),
        "classes": [asdict(row) for row in found.rows],
        "changed_pixels": found.changed,
        "mean_confidence": found.confidence,
        "metrics": None if found.scores is None else asdict(found.scores),
        "metrics_other_upsampling": (
            None if found.scores_other is None else asdict(found.scores_other)
        ),
        "confusion_matrix": None if view.matrix is None else view.matrix.tolist(),
    }
    return (json.dumps(plain(data), indent=2, allow_nan=False) + "\n").encode()


def buttons(
    view: View,
    state: StageState,
    *,
    model: str,
    precision: str | None,
    upsampling: str,
    absent: Absent,
) -> None:
    """Draw the download buttons; each file is made at the click."""
    stem = downloads.stem(view.picture)
    downloads.download_row(
        (
            File(
                "Label map",
                f"{stem}-labels.png",
                lambda: indexed_png(view),
                "Indexed PNG as in Pascal VOC: class ids with a palette, 255 is void.",
            ),
            File(
                "Colours",
                f"{stem}-colours.png",
                lambda: colour_png(view),
                "The label map in colours, PNG.",
            ),
            File(
                "As shown",
                f"{stem}-{state.view}.png",
                lambda: as_shown_png(view, state),
                "The stage as it is now, PNG, at most 4096 pixels a side.",
            ),
            File(
                "Numbers",
                f"{stem}-numbers.json",
                lambda: numbers_json(
                    view, model=model, precision=precision, upsampling=upsampling, absent=absent
                ),
                "Every number of this page, JSON.",
            ),
        ),
        "download",
    )
