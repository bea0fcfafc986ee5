"""Models: what there is, and a segmenter for each."""

from __future__ import annotations

from seglib.models.adapters import UPSAMPLINGS, Upsampling
from seglib.models.card import (
    Evaluation,
    Link,
    Measured,
    ModelCard,
    Quantised,
    TrainingData,
)
from seglib.models.catalogue import CARDS, catalogue, find
from seglib.models.layers import Layer, activations, layers
from seglib.models.loading import load, shared_engine
from seglib.models.segmenter import Forward, Segmentation, Segmenter

__all__ = [
    "CARDS",
    "UPSAMPLINGS",
    "Evaluation",
    "Forward",
    "Layer",
    "Link",
    "Measured",
    "ModelCard",
    "Quantised",
    "Segmentation",
    "Segmenter",
    "TrainingData",
    "Upsampling",
    "activations",
    "catalogue",
    "find",
    "layers",
    "load",
    "shared_engine",
]
