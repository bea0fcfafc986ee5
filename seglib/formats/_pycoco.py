"""The one door to pycocotools' C code: rasterising polygons and packing run lengths.

Only checked values go through it: the C code trusts sizes and lengths.
"""

from __future__ import annotations

import importlib
from typing import Any


def coco_mask() -> Any:
    """Return the module ``pycocotools.mask``, imported when first needed."""
    return importlib.import_module("pycocotools.mask")
