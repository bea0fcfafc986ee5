"""What can be set when a region is pooled: range, default and a word on each."""

from __future__ import annotations

from dataclasses import dataclass

from seglib.concepts.roi import Box
from seglib.options import Checked, choice, number, whole

FURTHEST = 600.0
"""Pixels: further than the network's input on both sides, so that a region may lie outside."""


@dataclass(frozen=True)
class RoiOptions(Checked):
    """A region on the picture and how it is pooled."""

    source: str = choice(
        "street",
        ("street", "lecture"),
        "Real activations of the street model, or the lectures' 16 × 16 example with its numbers.",
        title="Feature map",
    )
    x: float = number(
        178.5, -100, FURTHEST, "Left edge, in pixels of the network's input.", 0.5, title="x, px"
    )
    y: float = number(
        212.5, -100, FURTHEST, "Upper edge, in pixels of the network's input.", 0.5, title="y, px"
    )
    w: float = number(91.5, 0, FURTHEST, "Width in pixels; 0 is allowed.", 0.5, title="Width, px")
    h: float = number(
        112.0, 0, FURTHEST, "Height in pixels; 0 is allowed.", 0.5, title="Height, px"
    )
    bins: str = choice(
        "3", ("2", "3", "7"), "The result has n × n values, whatever the region's size."
    )
    sampling: str = choice(
        "2",
        ("1", "2", "4", "0"),
        "RoIAlign reads r × r points in each bin; adaptive: one for each cell that the bin spans.",
        title="Samples a bin and side",
    )
    mode: str = choice(
        "max", ("max", "avg"), "What becomes of a bin's cells or samples.", title="Pooling"
    )
    aligned: str = choice(
        "half_pixel_for_nn",
        ("half_pixel_for_nn", "asymmetric", "half_pixel"),
        "Whether half a cell is taken off, because a cell's value belongs to its centre. The first "
        "code of Mask R-CNN forgot it.",
        title="Half-cell shift",
    )
    stride: str = choice(
        "16",
        ("4", "8", "16"),
        "Pixels of a cell: 1 / spatial scale. Each is another layer of the street model.",
        title="Stride",
    )
    channel: int = whole(0, 0, 127, "Which feature map of the layer is shown and pooled.")
    view: str = choice(
        "both", ("picture", "both", "features"), "What lies under the region.", title="Show"
    )
    draw: str = choice(
        "both", ("pool", "align", "both"), "Whose working is drawn over the region.", title="Draw"
    )
    zoom: str = choice("all", ("all", "close"), "The whole picture, or the region close up.")

    @property
    def box(self) -> Box:
        """The region."""
        return Box(self.x, self.y, self.x + self.w, self.y + self.h)
