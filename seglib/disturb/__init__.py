"""Prediction-like disturbances of label maps: shift, erode, speckle, merge, split.

:func:`disturb` makes a label map wrong in a chosen way, :func:`disturb_instances` an instance set.
Each single disturbance works on :class:`Objects`, a map of object ids.
"""

from __future__ import annotations

from seglib.disturb.changes import drop, invent, relabel
from seglib.disturb.grouping import merge, split
from seglib.disturb.motion import rotate, shift
from seglib.disturb.objects import Objects, backdrop_of, default_classes, objects_of
from seglib.disturb.options import DisturbOptions
from seglib.disturb.pipeline import DisturbedInstances, disturb, disturb_instances
from seglib.disturb.rims import dilate, erode, ragged
from seglib.disturb.specks import holes, speckle

__all__ = [
    "DisturbOptions",
    "DisturbedInstances",
    "Objects",
    "backdrop_of",
    "default_classes",
    "dilate",
    "disturb",
    "disturb_instances",
    "drop",
    "erode",
    "holes",
    "invent",
    "merge",
    "objects_of",
    "ragged",
    "relabel",
    "rotate",
    "shift",
    "speckle",
    "split",
]
