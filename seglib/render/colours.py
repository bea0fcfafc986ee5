"""Label maps in the colours of their label set, and the fixed colours of comparisons."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from seglib.labels import Color, LabelSet
from seglib.render._check import LabelMap, expect_labels, lookup

TRUE_POSITIVE: Color = (0, 158, 115)
"""Bluish green of the Okabe-Ito set: found, and there."""

FALSE_POSITIVE: Color = (213, 94, 0)
"""Vermillion: found, but not there."""

FALSE_NEGATIVE: Color = (204, 121, 167)
"""Reddish purple: there, but not found."""


def colourise(labels: LabelMap, label_set: LabelSet) -> NDArray[np.uint8]:
    """Give each pixel the colour of its class, exactly.

    Parameters
    ----------
    labels : (H, W) uint8 or uint16
        Class ids. An id that is no class is black; the ignore label has the void colour.
    label_set : LabelSet

    Returns
    -------
    (H, W, 3) uint8
        RGB. Scale it with :func:`~seglib.render.zoom_nearest` only.

    Raises
    ------
    LabelError
        An id lies beyond the palette (over 255, where the set ends below).
    """
    expect_labels(labels)
    return lookup(labels, label_set.palette)
