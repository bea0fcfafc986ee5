"""The tools of the page: what each is called, when it helps, and which options it has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from seglib.annotate.clusters import KmeansOptions
from seglib.annotate.grabcut import GrabcutOptions
from seglib.annotate.mean_shift import MeanShiftOptions
from seglib.annotate.morphology import MorphologyOptions
from seglib.annotate.region_growing import GrowOptions
from seglib.annotate.superpixels import SuperpixelOptions
from seglib.annotate.threshold import ThresholdOptions
from seglib.annotate.wand import WandOptions
from seglib.annotate.watershed import WatershedOptions
from seglib.options import Checked, whole

Family = Literal["draw", "pieces", "seed", "marks", "whole"]


@dataclass(frozen=True)
class BrushOptions(Checked):
    """The brush."""

    radius: int = whole(12, 1, 80, "Of the brush, pixels of the picture.")


@dataclass(frozen=True)
class Tool:
    """One tool.

    Parameters
    ----------
    name : str
        In the address.
    title : str
        In the menu.
    group : str
        Heading in the menu.
    family : str
        ``draw`` (the shape is the mask), ``pieces`` (a click takes a piece), ``seed`` (a click
        starts it), ``marks`` (strokes on the object and beside it, then a proposal), ``whole``
        (a proposal from the options alone).
    helps : str
        One sentence: when it helps.
    fails : str
        One sentence: when it does not.
    options : type or None
        Its options.
    source : str
        Paper or book, as Markdown.
    """

    name: str
    title: str
    group: str
    family: Family
    helps: str
    fails: str = ""
    options: type[Any] | None = None
    source: str = ""

    @property
    def prefix(self) -> str:
        """Prefix of its options in the address."""
        return f"ann_{self.name}"


TOOLS: tuple[Tool, ...] = (
    Tool(
        "polygon",
        "Polygon",
        "Draw",
        "draw",
        "Helps with straight edges: a house, a sign, a car; few clicks, an exact outline.",
        "Curved outlines take many corners.",
        source="Even-odd rule at pixel centres.",
    ),
    Tool(
        "brush",
        "Brush",
        "Draw",
        "draw",
        "Helps with thin or ragged things and with corrections: what you paint is what you get.",
        "Large areas take long, and every tremble stays.",
        options=BrushOptions,
        source="Pixels whose centre lies within the radius of the path.",
    ),
    Tool(
        "bezier",
        "Bézier",
        "Draw",
        "draw",
        "Helps with smooth outlines: a few curves follow what a polygon needs dozens of corners "
        "for.",
        "Handles take practice; corners are quicker as a polygon.",
        source="[SVG 2, path data](https://www.w3.org/TR/SVG2/paths.html#PathData).",
    ),
    Tool(
        "ellipse",
        "Ellipse",
        "Draw",
        "draw",
        "Helps with wheels, heads, cells and everything else that is round: one drag.",
        "Nothing else is round.",
        source="(u/a)² + (v/b)² ≤ 1 at pixel centres.",
    ),
    Tool(
        "rect",
        "Rotated rectangle",
        "Draw",
        "draw",
        "Helps with boxes seen at an angle: roofs, ships, text lines, doors.",
        "Perspective bends rectangles; a polygon follows.",
        source="A polygon of four corners.",
    ),
    Tool(
        "superpixels",
        "Superpixels",
        "Click",
        "pieces",
        "Helps where edges are clear and outlines odd: each click takes a piece that ends at the "
        "edge.",
        "Two objects of one colour share pieces.",
        SuperpixelOptions,
        "[SLIC](https://doi.org/10.1109/TPAMI.2012.120), "
        "[SEEDS](https://arxiv.org/abs/1309.3848), "
        "[LSC](https://openaccess.thecvf.com/content_cvpr_2015/html/Li_Superpixel_Segmentation_Using_2015_CVPR_paper.html).",
    ),
    Tool(
        "wand",
        "Magic wand",
        "Click",
        "seed",
        "Helps on flat colours such as sky, a wall or a sign: one click takes all of it.",
        "It leaks through the smallest gap and stops at every shade.",
        WandOptions,
        "Flood fill with a fixed range, as in every paint program.",
    ),
    Tool(
        "grow",
        "Region growing",
        "Click",
        "seed",
        "Helps where colour drifts slowly, such as road or a shaded ball: the mean moves along.",
        "It needs an edge all around to stop at.",
        GrowOptions,
        "[Adams and Bischof, 1994](https://doi.org/10.1109/34.295913).",
    ),
    Tool(
        "kmeans",
        "K-means colours",
        "Click",
        "pieces",
        "Helps where an object has a colour of its own, however torn it is: leaves, markings, "
        "cells.",
        "It knows colours, not things: a shadow is another group.",
        KmeansOptions,
        "[k-means++](https://theory.stanford.edu/~sergei/papers/kMeansPP-soda.pdf).",
    ),
    Tool(
        "meanshift",
        "Mean-shift",
        "Click",
        "pieces",
        "Helps on textured ground with clear colours: texture melts, edges stay, and no number of "
        "pieces is chosen.",
        "Slow, so it works on a reduced picture; borders are coarse.",
        MeanShiftOptions,
        "[Comaniciu and Meer, 2002](https://doi.org/10.1109/34.1000236).",
    ),
    Tool(
        "grabcut",
        "GrabCut",
        "Mark",
        "marks",
        "Helps with one object before a different background, hair and fur included: a box is "
        "often enough.",
        "Object and background of one colour need many marks.",
        GrabcutOptions,
        "[Rother et al., 2004](https://doi.org/10.1145/1186562.1015720).",
    ),
    Tool(
        "watershed",
        "Watershed",
        "Mark",
        "marks",
        "Helps to part things that touch: a mark on each side, and the flood finds the edge "
        "between them.",
        "Without a mark beside the object nothing stops the flood.",
        WatershedOptions,
        "[Meyer, 1992](https://hal.science/hal-01431802).",
    ),
    Tool(
        "threshold",
        "Threshold",
        "Whole picture",
        "whole",
        "Helps on pictures made for it: documents, X-rays, cells under a microscope.",
        "Street scenes have bright and dark everywhere.",
        ThresholdOptions,
        "[Otsu, 1979](https://doi.org/10.1109/TSMC.1979.4310076); "
        "[Bradley and Roth, 2007](https://doi.org/10.1080/2151237X.2007.10129236).",
    ),
    Tool(
        "morphology",
        "Morphology",
        "Whole picture",
        "whole",
        "Helps after any other tool: it takes crumbs away, closes cracks and fills holes of the "
        "chosen class.",
        "It invents and forgets: thin true parts go with the crumbs.",
        MorphologyOptions,
        "Serra, Image Analysis and Mathematical Morphology, 1982.",
    ),
)
"""All tools, in the order of the menu."""

BY_NAME: dict[str, Tool] = {tool.name: tool for tool in TOOLS}

PAD_TOOL: dict[str, str] = {
    "polygon": "polygon",
    "brush": "brush",
    "bezier": "bezier",
    "ellipse": "ellipse",
    "rect": "rect",
    "threshold": "none",
    "morphology": "none",
}
"""What the pointer does on the picture; all others click, or mark."""
