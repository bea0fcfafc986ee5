"""Pictures: decoding of untrusted bytes, encoding, resizing and its exact inverse."""

from __future__ import annotations

from seglib.images.decode import DEFAULT_LIMITS, Limits, decode, load
from seglib.images.encode import encode_jpeg, encode_png
from seglib.images.geometry import Placement, fit_pad, resize, shrink_to, stretch
from seglib.images.image import Image
from seglib.images.levels import stretch_levels
from seglib.images.upsample import argmax_upsampled

__all__ = [
    "DEFAULT_LIMITS",
    "Image",
    "Limits",
    "Placement",
    "argmax_upsampled",
    "decode",
    "encode_jpeg",
    "encode_png",
    "fit_pad",
    "load",
    "resize",
    "shrink_to",
    "stretch",
    "stretch_levels",
]
