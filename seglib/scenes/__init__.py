"""Generated scenes with exact semantic, instance and panoptic truth.

:func:`street`, :func:`shapes` and :func:`cells` make a picture of a seed, :func:`clip` a film. The
options of each are declared once, and :func:`describe` tells their types, ranges and help for
widgets.
"""

from __future__ import annotations

from seglib.options import OptionInfo, describe
from seglib.scenes.cells import CellsOptions, cells
from seglib.scenes.clips import clip
from seglib.scenes.generated import GeneratedScene
from seglib.scenes.options import StreetOptions
from seglib.scenes.sheets import SHAPES, ShapesOptions, shapes
from seglib.scenes.streets import street

__all__ = [
    "SHAPES",
    "CellsOptions",
    "GeneratedScene",
    "OptionInfo",
    "ShapesOptions",
    "StreetOptions",
    "cells",
    "clip",
    "describe",
    "shapes",
    "street",
]
