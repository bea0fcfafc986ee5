"""The module run on the deepest features of the street model, once for each picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.concepts import pyramid, pyramid_graph
from seglib.concepts.pyramid import Level
from seglib.images import Image
from seglib.ui import layers
from seglib.ui.figures import feature
from seglib.ui.roi import ground

LAYER = "block-16"
"""The last layer of the encoder: where PSPNet puts its module."""


@dataclass(frozen=True, eq=False)
class Held:
    """Features, the four levels and the concatenation.

    Parameters
    ----------
    features : (C, h, w) float32
    reduced : (C/4, h, w) float32
        The features, reduced as the levels are: to compare with.
    levels : tuple of Level
    together : (2·C, h, w) float32
        As OpenVINO computes it.
    apart : float
        Largest difference between OpenVINO and the numpy reference.
    picture : str
        Address of the picture as the network sees it.
    """

    features: NDArray[np.float32]
    reduced: NDArray[np.float32]
    levels: tuple[Level, ...]
    together: NDArray[np.float32]
    apart: float
    picture: str

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in cells."""
        return self.features.shape[2], self.features.shape[1]


def read(image: Image) -> Held:
    """Return the module's work on a picture."""
    return _held(image.digest, image)


@st.cache_resource(max_entries=4, ttl="20m", show_spinner=False)
def _held(digest: str, _image: Image) -> Held:
    features = layers.read(_image, layers.named(LAYER).name).maps
    levels, reference = pyramid.pyramid(features)
    together = pyramid_graph.pyramid(features)
    reduced = pyramid.reduce_groups(features, len(features) // len(levels))
    for array in (together, reduced, *(level.full for level in levels)):
        array.setflags(write=False)
    return Held(
        features,
        reduced,
        levels,
        together,
        float(np.abs(reference - together).max()),
        ground.seen(_image)[1],
    )


def map_uri(values: NDArray[np.float32]) -> str:
    """Return a map in colours, one pixel a cell."""
    return feature.data_uri(feature.colours(values))
