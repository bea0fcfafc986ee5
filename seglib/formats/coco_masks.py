"""Do area and box of an annotation agree with its mask? Compared without decoding a mask."""

from __future__ import annotations

import numpy as np

from seglib.formats import polygons, rle
from seglib.formats.coco_types import CocoAnnotation, Runs, measure
from seglib.formats.findings import Findings
from seglib.formats.rle import Size

BOX_TOLERANCE = 2.0
"""Pixels: COCO's own boxes follow the polygon's points, others the pixels of the mask."""

AREA_SHARE = 0.05
"""Of the area. In COCO's own files 18 of 2,671 areas differ by more, most of them of crowds."""

OUTLINE_SHARE = 0.5
"""Pixels of area a pixel of outline: a point may lie half a pixel beside the pixel's corner."""

BUDGET = 20_000_000
"""Pixels of outline rasterised for one file; what follows is compared by its points alone."""


class Comparison:
    """Compares the annotations of one file, within a budget of work."""

    def __init__(self, findings: Findings, *, budget: float = BUDGET) -> None:
        self._findings = findings
        self._left = budget
        self._told = False

    def look(self, place: str, row: CocoAnnotation, size: Size) -> None:
        """Add findings of one annotation; ``size`` is that of its picture."""
        areas, boxes, slack = self._measured(place, row, size)
        if all(abs(row.area - area) > slack + AREA_SHARE * area for area in areas):
            self._findings.warning(
                f"{place}.area",
                f"expected about {areas[0]:,.0f} px, the area of the mask, got {row.area:,.6g}",
            )
        x, y, width, height = row.bbox
        corners = np.array([x, y, x + width, y + height])
        if all(np.abs(corners - box).max() > BOX_TOLERANCE for box in boxes):
            x1, y1, x2, y2 = boxes[0].tolist()
            swapped = all(np.abs(np.array(row.bbox) - box).max() <= BOX_TOLERANCE for box in boxes)
            hint = ": it holds x1, y1, x2, y2 instead" if swapped else ""
            self._findings.warning(
                f"{place}.bbox",
                f"expected x, y, width, height of about [{x1:g}, {y1:g}, {x2 - x1:g}, "
                f"{y2 - y1:g}], the box of the mask, got "
                f"[{', '.join(f'{value:g}' for value in row.bbox)}]{hint}",
            )
        if not areas[0]:
            self._findings.warning(f"{place}.segmentation", "the mask covers no pixel")

    def _measured(
        self, place: str, row: CocoAnnotation, size: Size
    ) -> tuple[list[float], list[np.ndarray[tuple[int], np.dtype[np.float64]]], float]:
        """Areas and boxes that are right, the mask's first; and how many pixels off is right."""
        area, (x, y, width, height) = measure(row.segmentation)
        box = np.array([x, y, x + width, y + height], np.float64)
        if isinstance(row.segmentation, Runs):
            return [area], [box], 2.0
        outline = sum(map(polygons.outline_length, row.segmentation))
        slack = 2.0 + OUTLINE_SHARE * outline
        self._left -= outline
        if self._left < 0:
            if not self._told:
                self._told = True
                self._findings.note(
                    place,
                    "from here on areas and boxes are compared with the points alone: the file "
                    "has too many long outlines to draw them all",
                )
            return [area], [box], slack
        counts = row.counts(size)
        exact = np.array(rle.box(counts, size), np.float64)
        clipped = box.clip(0, [*size, *size])
        return [float(rle.area(counts)), area], [exact, box, clipped], slack
