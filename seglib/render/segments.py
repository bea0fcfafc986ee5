"""Panoptic segments over their picture: shades of the class's colour, borders, names."""

from __future__ import annotations

import colorsys
from collections.abc import Collection, Mapping
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as PilImage
from PIL import ImageDraw, ImageFont

from seglib.errors import ShapeError
from seglib.labels import VOID_COLOR, Color
from seglib.render._check import LabelMap, expect_picture, lookup
from seglib.render.contours import draw_contour
from seglib.render.instances import instance_color
from seglib.render.overlays import dimmed
from seglib.results import Panoptic

SegmentColorBy = Literal["shade", "object", "class"]

# Lightness of the second, third, … object of a class: neighbours in number differ much.
_LIGHTNESS = (0.72, 0.36, 0.84, 0.54, 0.27, 0.64, 0.45, 0.78, 0.32)
_TURN = 0.035
"""By how much the hue turns from one round of shades to the next, as a share of the circle."""

_PLATE: Color = (17, 24, 39)
_LINES = 46
"""Lines of text that a picture has room for, along its mean side."""


def shade(color: Color, number: int) -> Color:
    """Return the colour of the object with this number, from 0, among those of one class.

    The first has the class's own colour; the others differ in lightness, later ones in hue too.
    """
    if number == 0:
        return color
    hue, own, saturation = colorsys.rgb_to_hls(*(value / 255 for value in color))
    # the one that the class's own colour is nearest to is left out
    steps = [step for step in _LIGHTNESS if step != min(_LIGHTNESS, key=lambda s: abs(s - own))]
    turn, place = divmod(number - 1, len(steps))
    hue += (1 if turn % 2 else -1) * ((turn + 1) // 2) * _TURN
    red, green, blue = colorsys.hls_to_rgb(hue % 1, steps[place], saturation)
    return round(255 * red), round(255 * green), round(255 * blue)


def segment_colors(panoptic: Panoptic, *, by: SegmentColorBy = "shade") -> dict[int, Color]:
    """Return the colour of every segment by its id.

    Parameters
    ----------
    panoptic : Panoptic
    by : {"shade", "object", "class"}
        Things in shades of their class's colour, each its own, or all of a class alike; stuff is
        always in its class's colour.
    """
    colors: dict[int, Color] = {}
    seen: dict[int, int] = {}
    things = 0
    for segment in sorted(panoptic.segments, key=lambda each: each.id):
        color = panoptic.label_set.label(segment.class_id).color
        if segment.thing and by == "object":
            color = instance_color(things)
        elif segment.thing and by == "shade":
            color = shade(color, seen.get(segment.class_id, 0))
        if segment.thing:
            things += 1
            seen[segment.class_id] = seen.get(segment.class_id, 0) + 1
        colors[segment.id] = color
    return colors


def segment_names(panoptic: Panoptic) -> dict[int, str]:
    """Return a short name for every segment by its id: ``"car 2"``, ``"sky"``.

    Things are numbered within their class where there are several; stuff too, should a file list
    two segments of one class.
    """
    members: dict[int, list[int]] = {}
    for segment in sorted(panoptic.segments, key=lambda each: each.id):
        members.setdefault(segment.class_id, []).append(segment.id)
    names = {}
    for class_id, ids in members.items():
        name = panoptic.label_set.label(class_id).name
        for number, segment_id in enumerate(ids, start=1):
            names[segment_id] = name if len(ids) == 1 else f"{name} {number}"
    return names


def segment_ranks(segment_ids: NDArray[np.int32], ids: Collection[int]) -> LabelMap:
    """Number the segments anew: the place of each id in ``ids``, from 1; 0 for all other ids.

    Parameters
    ----------
    segment_ids : (H, W) int32
    ids : collection of int

    Returns
    -------
    (H, W) uint8, or uint16 where there are more than 255 ids
    """
    if not len(ids):
        return np.zeros(segment_ids.shape, np.uint8)
    ranks = _ranks(segment_ids, ids)
    return ranks.astype(np.uint8) if len(ids) < 256 else ranks


def _ranks(segment_ids: NDArray[np.int32], ids: Collection[int]) -> NDArray[np.uint16]:
    known = np.array(list(ids), np.int64)
    low, high = int(segment_ids.min()), int(segment_ids.max())
    if low >= 0 and max(high, int(known.max())) < 1 << 16 and int(known.min()) >= 0:
        # a table is many times faster than a search, and most ids are small
        table = np.zeros(1 << 16, np.uint16)
        table[known] = np.arange(1, len(known) + 1)
        return table.take(segment_ids)
    order = np.argsort(known)
    places = np.searchsorted(known[order], segment_ids).clip(max=len(known) - 1)
    ranks = order[places] + 1
    return np.where(known[order][places] == segment_ids, ranks, 0).astype(np.uint16)


def colourise_segments(panoptic: Panoptic, colors: Mapping[int, Color]) -> NDArray[np.uint8]:
    """Give each pixel the colour of its segment, exactly; void has its own colour.

    Parameters
    ----------
    panoptic : Panoptic
    colors : mapping
        By segment id, from :func:`segment_colors`.

    Returns
    -------
    (H, W, 3) uint8
    """
    ranks, table = _ranked(panoptic, colors)
    return lookup(ranks, table)


def segments_overlay(
    pixels: NDArray[np.uint8],
    panoptic: Panoptic,
    *,
    colors: Mapping[int, Color] | None = None,
    opacity: float = 0.6,
    contour: bool = True,
    only: Collection[int] | None = None,
) -> NDArray[np.uint8]:
    """Blend the segments into the picture; void stays as it is.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        The picture, RGB.
    panoptic : Panoptic
        Of the same size.
    colors : mapping, optional
        By segment id; shades of the classes' colours if not given.
    opacity : float, 0 to 1
    contour : bool
        Draw the borders between segments, white with a black edge.
    only : collection of int, optional
        Segment ids to show; the rest of the picture steps back.

    Returns
    -------
    (H, W, 3) uint8

    Raises
    ------
    ShapeError
        The picture is of another size or type, or the opacity is no share.
    LabelError
        ``only`` names a segment that is not there.
    """
    expect_picture(pixels)
    height, width = pixels.shape[:2]
    if panoptic.size != (width, height):
        raise ShapeError(f"expected segments of {width} x {height} pixels, got {panoptic.size}")
    if not 0 <= opacity <= 1:
        raise ShapeError(f"expected an opacity from 0 to 1, got {opacity}")
    ranks, table = _ranked(panoptic, segment_colors(panoptic) if colors is None else colors)
    colours = lookup(ranks, table)
    drawn = np.asarray(cv2.addWeighted(colours, opacity, pixels, 1 - opacity, 0), np.uint8)
    cv2.copyTo(pixels, (ranks == 0).view(np.uint8), drawn)
    if only is not None:
        listed = [panoptic.segment(each).id for each in only]
        shown = segment_ranks(panoptic.segment_ids, listed)
        cv2.copyTo(dimmed(pixels), (shown == 0).view(np.uint8), drawn)
        # What stepped back is one area: no border runs inside it.
        ranks = np.where(shown > 0, ranks.astype(np.uint16), np.uint16(65535))
    if contour:
        draw_contour(drawn, ranks)
    return drawn


def _ranked(panoptic: Panoptic, colors: Mapping[int, Color]) -> tuple[LabelMap, NDArray[np.uint8]]:
    """Return the ranks of the segments and the colour of each rank; rank 0 is void."""
    ids = [segment.id for segment in panoptic.segments]
    table = np.zeros((max(256, len(ids) + 1), 3), np.uint8)
    table[0] = VOID_COLOR
    for rank, segment_id in enumerate(ids, start=1):
        table[rank] = colors[segment_id]
    return segment_ranks(panoptic.segment_ids, ids), table


def segment_anchor(panoptic: Panoptic, segment_id: int) -> tuple[int, int, float]:
    """Return where a segment has most room for its name.

    Parameters
    ----------
    panoptic : Panoptic
    segment_id : int

    Returns
    -------
    x, y, room : int, int, float
        A pixel furthest from the segment's border (to 5 %), and that distance in pixels.
    """
    x0, y0, x1, y1 = panoptic.segment(segment_id).box
    inside = (panoptic.segment_ids[y0:y1, x0:x1] == segment_id).astype(np.uint8)
    # the picture's own edge is a border too
    framed = cv2.copyMakeBorder(inside, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    distance = cv2.distanceTransform(framed, cv2.DIST_L2, 3)[1:-1, 1:-1]
    rows, columns = np.nonzero(distance > 0.95 * distance.max())
    # in a long band all of the middle line is as good: then the middle of that
    away = np.hypot(rows - rows.mean(), columns - columns.mean())
    y, x = int(rows[away.argmin()]), int(columns[away.argmin()])
    return x0 + x, y0 + y, float(distance[y, x])


def names_written(
    pixels: NDArray[np.uint8], panoptic: Panoptic, names: Mapping[int, str], *, size: float = 0.0
) -> NDArray[np.uint8]:
    """Write each segment's name where it has most room, if it fits: white on a dark plate.

    One that would hide another is left out.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        Of the size of ``panoptic``.
    panoptic : Panoptic
    names : mapping
        By segment id, the most important first; the others stay without one.
    size : float
        Height of the type in pixels; in proportion to the picture if 0.

    Returns
    -------
    (H, W, 3) uint8
    """
    expect_picture(pixels)
    height, width = pixels.shape[:2]
    image = PilImage.fromarray(np.ascontiguousarray(pixels))
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(size or max(10.0, (width + height) / 2 / _LINES))
    taken: list[tuple[float, float, float, float]] = []
    for segment_id, name in names.items():
        x, y, room = segment_anchor(panoptic, segment_id)
        left, top, right, bottom = draw.textbbox((0, 0), name, font=font)
        wide, high = right - left + 8, bottom - top + 8
        if room < high / 3 or wide > width or high > height:
            continue
        place_x = min(max(x + 0.5 - wide / 2, 0), width - wide)
        place_y = min(max(y + 0.5 - high / 2, 0), height - high)
        plate = (place_x, place_y, place_x + wide - 1, place_y + high - 1)
        if any(_meet(plate, other) for other in taken):
            continue
        taken.append(plate)
        draw.rounded_rectangle(plate, 3, fill=_PLATE)
        middle = (place_x + wide / 2, place_y + high / 2)
        draw.text(middle, name, fill=(255, 255, 255), font=font, anchor="mm")
    return np.array(image)


def _meet(one: tuple[float, float, float, float], two: tuple[float, float, float, float]) -> bool:
    return one[0] <= two[2] and two[0] <= one[2] and one[1] <= two[3] and two[1] <= one[3]
