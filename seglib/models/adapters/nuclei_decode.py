"""Objects from maps of inside, border and distance: seeds, then a flood from each of them.

Touching objects are one component of "inside". Each has its own hump of the distance map, whose
top becomes a seed; a watershed shares the component out, and humps without a valley between them
are one. After the entries of the Data Science Bowl 2018 (Caicedo et al. 2019).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import find_objects

from seglib.images import Placement
from seglib.models.adapters.basins import Ids, Maps, flood, join, seeds
from seglib.options import Checked, number, switch, whole

STRIP = 256
"""Rows of the picture that are worked out at a time: a large picture's are never all in memory."""


@dataclass(frozen=True)
class NucleiOptions(Checked):
    """What counts as a nucleus, and what as two."""

    # training counts the rim of a nucleus three times: 0.5 would draw it too wide
    threshold: float = number(
        0.65, 0.05, 0.95, "How likely a pixel must be inside a nucleus.", title="Inside from"
    )
    seed: float = number(
        0.3,
        0.0,
        0.95,
        "Height that a hump of the distance map needs to become a nucleus of its own.",
        title="Seed from",
    )
    apart: int = whole(
        2, 1, 60, "Pixels of the picture between two seeds at least.", title="Seeds apart"
    )
    depth: float = number(
        0.3,
        0.0,
        0.9,
        "How deep the valley between two humps must be for them to be two nuclei.",
        step=0.01,
        title="Valley depth",
    )
    smooth: float = number(
        0.5, 0.0, 6.0, "Blur of the distance map before seeds are looked for, cells.", step=0.5
    )
    border: float = number(
        0.2,
        0.0,
        2.0,
        "How much of the border map is taken off the distance map.",
        step=0.1,
        title="Border weight",
    )
    area: int = whole(
        24, 1, 2000, "Pixels below which a nucleus is not counted.", title="Smallest area"
    )
    holes: bool = switch(True, "Fill what a nucleus encloses.", title="Fill holes")


@dataclass(frozen=True, eq=False)
class NucleiMaps:
    """What the network says of every cell, ``(h, w) float32`` each.

    Parameters
    ----------
    inside : logit
        Above 0: more likely a nucleus than not.
    border : logit
        Of the rim of a nucleus, and of what lies between two.
    distance : 0..1
        Distance to the nucleus's own rim, by its largest.
    offset_x, offset_y : float
        From here to the nucleus's centre, 16 pixels of the network's input.
    """

    inside: Maps
    border: Maps
    distance: Maps
    offset_x: Maps
    offset_y: Maps


@dataclass(frozen=True, eq=False)
class Found:
    """Objects at picture size.

    Parameters
    ----------
    crops : list of (x0, y0, mask)
        What :meth:`~seglib.results.Instances.from_crops` takes.
    scores : list of float
        Mean likelihood of the object's cells to be inside, 0..1.
    """

    crops: list[tuple[int, int, NDArray[np.bool_]]]
    scores: list[float]


def probability(logits: Maps) -> Maps:
    """Return ``1 / (1 + exp(-z))``."""
    out = np.asarray(cv2.exp(-logits), np.float32)
    out += 1
    return np.reciprocal(out, out=out)


def relief(maps: NucleiMaps, options: NucleiOptions) -> Maps:
    """Return the landscape that is flooded: smoothed distance less the weighted border."""
    height = maps.distance - np.float32(options.border) * probability(maps.border)
    if options.smooth > 0:
        height = cv2.GaussianBlur(height, (0, 0), options.smooth)
    return np.asarray(height, np.float32)


def decode(maps: NucleiMaps, placement: Placement, options: NucleiOptions) -> Found:
    """Find the objects and bring them to picture size.

    Parameters
    ----------
    maps : NucleiMaps
    placement : Placement
        Of the picture in what the maps cover.
    options : NucleiOptions
        Lengths and areas in pixels of the picture.
    """
    likely = probability(maps.inside)
    inside = likely >= options.threshold
    height = relief(maps, options)
    # cells for one pixel of the picture
    covered = placement.box[2] * likely.shape[1] / placement.target_size[0]
    apart = max(1, round(options.apart * covered / placement.source_size[0]))
    ids = flood(height, inside, seeds(height, inside, low=options.seed, apart=apart))
    ids = join(height, ids, depth=options.depth)
    cells = np.bincount(ids.reshape(-1))
    total = np.bincount(ids.reshape(-1), weights=likely.reshape(-1))
    owners = to_picture(likely, ids, placement, options.threshold)
    crops, scores = [], []
    for name, box in enumerate(find_objects(owners), 1):
        if box is None:
            continue
        part = owners[box]
        mask = part == name
        if options.holes:
            mask = filled(mask) & (mask | (part == 0))
        if np.count_nonzero(mask) >= options.area:
            crops.append((box[1].start, box[0].start, mask))
            scores.append(float(total[name] / cells[name]))
    return Found(crops, scores)


def to_picture(likely: Maps, ids: Ids, placement: Placement, threshold: float) -> Ids:
    """Return whose each pixel of the picture is: ``(H, W) int32``, 0 = nobody's.

    The likelihood is brought to the pixels' centres (bilinear) and compared there, so that rims
    run between cells; whose a pixel is, its cell decides.
    """
    # a rim may run through the cells around an object
    grown = cv2.dilate(ids.astype(np.float32), np.ones((3, 3), np.uint8)).astype(np.int32)
    grown = np.where(ids > 0, ids, grown)
    rows, columns = placement.axis(1, ids.shape[0]), placement.axis(0, ids.shape[1])
    near_y, near_x = rows.nearest(), columns.nearest()
    low_y, high_y, weight_y = rows.linear()
    low_x, high_x, weight_x = columns.linear()
    owners = np.zeros((len(near_y), len(near_x)), np.int32)
    for start in range(0, len(near_y), STRIP):
        strip = slice(start, start + STRIP)
        first, last = int(low_y[strip].min()), int(high_y[strip].max()) + 1
        part = likely[first:last]
        wide = part[:, low_x] * (1 - weight_x) + part[:, high_x] * weight_x
        down = weight_y[strip, None]
        full = wide[low_y[strip] - first] * (1 - down) + wide[high_y[strip] - first] * down
        owners[strip] = grown[near_y[strip]][:, near_x] * (full >= threshold)
    return owners


def filled(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Fill what a mask ``(h, w) bool`` encloses."""
    outlines, _ = cv2.findContours(
        mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    full = np.zeros(mask.shape, np.uint8)
    cv2.drawContours(full, outlines, -1, 1, cv2.FILLED)
    return full > 0
