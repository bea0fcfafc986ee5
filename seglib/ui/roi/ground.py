"""What the region lies on: a picture and one of its feature maps."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.concepts import roi_example
from seglib.concepts.roi_options import RoiOptions
from seglib.images import Image, encode_jpeg, encode_png, fit_pad, stretch
from seglib.ui import layers, picker

LAYERS = {"4": "decoder-narrowed", "8": "decoder-1-8", "16": "pyramid-merged"}
"""Layer of the street model for each stride: all behind a ReLU, as a detector's features are."""


@dataclass(frozen=True, eq=False)
class Ground:
    """What is pooled, and what it is drawn on.

    Parameters
    ----------
    values : (h, w) float32
        The map, read-only.
    stride : int
        Pixels of a cell.
    size : (width, height)
        Of the picture as the network sees it.
    title : str
        Name of the map.
    note : str
        Where it comes from.
    picture : str
        The picture, as a data address; empty where there is none.
    map : str
        The map in colours, one pixel a cell, as a data address.
    key : str
        Equal for equal pictures and maps.
    """

    values: NDArray[np.float32]
    stride: int
    size: tuple[int, int]
    title: str
    note: str
    picture: str
    map: str
    key: str

    @property
    def scale(self) -> float:
        """Cells a pixel."""
        return 1 / self.stride

    @property
    def cells(self) -> tuple[int, int]:
        """Width and height of the map."""
        return self.values.shape[1], self.values.shape[0]


def read(options: RoiOptions) -> Ground:
    """Return the ground for these options and the chosen picture."""
    if options.source == "lecture":
        return _lecture()
    picture = picker.current()
    return _street(picture.image.digest, options.stride, options.channel, picture.image)


def stride(options: RoiOptions) -> int:
    """Return the pixels of a cell."""
    return roi_example.STRIDE if options.source == "lecture" else int(options.stride)


@st.cache_resource(show_spinner=False)
def _lecture() -> Ground:
    values = roi_example.features()
    return Ground(
        values,
        roi_example.STRIDE,
        roi_example.SIZE,
        "The lectures' 16 × 16 map",
        "Given: the cells 0.1 and 0.2 and the four samples of the first bin. Chosen by us: the "
        "other cells; four of them are solved for.",
        "",
        _png(values),
        "lecture",
    )


@st.cache_resource(max_entries=16, ttl="20m", show_spinner=False)
def _street(digest: str, stride: str, rank: int, _image: Image) -> Ground:
    layer = layers.named(LAYERS[stride])
    maps = layers.read(_image, layer.name).maps
    # the liveliest map first: a dead one shows nothing
    order = np.argsort(-maps.std(axis=(1, 2)), kind="stable")
    channel = int(order[min(rank, len(maps) - 1)])
    (wide, high), address = seen(_image)
    return Ground(
        maps[channel],
        int(stride),
        (wide, high),
        f"{layer.title}, channel {channel}",
        f"{layer.title} of the street model: {maps.shape[0]} channels of {maps.shape[2]} × "
        f"{maps.shape[1]} cells, {stride} px each; this is channel {channel}.",
        address,
        _png(maps[channel]),
        f"{digest}:{stride}:{channel}",
    )


def seen(image: Image) -> tuple[tuple[int, int], str]:
    """Return size (width, height) and data address of a picture as the street model sees it."""
    return _seen(image.digest, image)


@st.cache_resource(max_entries=6, ttl="20m", show_spinner=False)
def _seen(digest: str, _image: Image) -> tuple[tuple[int, int], str]:
    from seglib.models import find

    card = find(layers.MODEL)
    fit = fit_pad if card.resize == "fit" else stretch
    pixels, _ = fit(_image.pixels, card.input_size)
    data = base64.b64encode(encode_jpeg(pixels, 88)).decode()
    return (pixels.shape[1], pixels.shape[0]), f"data:image/jpeg;base64,{data}"


def _png(values: NDArray[np.float32]) -> str:
    from seglib.render import heat

    top = float(values.max())
    pixels = heat(values, low=0.0, high=top if top > 0 else 1.0)
    return "data:image/png;base64," + base64.b64encode(encode_png(pixels)).decode()
