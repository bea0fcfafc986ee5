"""What segmentation returns: one frozen type a kind of answer.

Arrays are kept without copying, as read-only views: hand over arrays that nobody writes to any
more. Every result knows its picture's ``size`` as (width, height) pixels.
"""

from __future__ import annotations

from seglib.results._softmax import softmax
from seglib.results.instances import Instances, PackedMask
from seglib.results.matte import Matte
from seglib.results.panoptic import Panoptic, Segment
from seglib.results.scene import Scene
from seglib.results.semantic import SemanticMap
from seglib.results.times import STAGES, StageTimes

__all__ = [
    "STAGES",
    "Instances",
    "Matte",
    "PackedMask",
    "Panoptic",
    "Scene",
    "Segment",
    "SemanticMap",
    "StageTimes",
    "softmax",
]
