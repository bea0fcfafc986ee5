"""What the page shows: a layer, its channels in order, one of them enlarged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.ui import address, layers, picker
from seglib.ui.address import Param, one_of
from seglib.ui.layers import Held, Named
from seglib.ui.samples import Picture

PAGE_OF = 40
"""Maps in one grid."""

SORTS: dict[str, str] = {
    "spread": "Spread",
    "most": "Largest",
    "mean": "Mean",
    "zeros": "Zeros",
    "index": "Channel",
}
SCALES: dict[str, str] = {"own": "Each its own", "shared": "One for all"}
PRECISIONS: dict[str, str] = {"auto": "Automatic", "f32": "f32", "bf16": "bf16"}


def _known_model(text: str) -> bool:
    from seglib.models import catalogue

    return any(card.name == text for card in catalogue())


MODEL = Param("inside_model", layers.MODEL, _known_model)
LAYER = Param("inside_layer", layers.USUAL, layers.valid)
CHANNEL = Param("inside_channel", "best", lambda t: t == "best" or address.integer(0, 9999)(t))
SORT = Param("inside_sort", "spread", one_of(*SORTS))
SCALE = Param("inside_scale", "own", one_of(*SCALES))
OVERLAY = Param("inside_overlay", "0", address.integer(0, 100))
PRECISION = Param("inside_precision", "auto", one_of(*PRECISIONS))
GRID = Param("inside_grid", "1", address.integer(1, 999))
PARAMS = (MODEL, LAYER, CHANNEL, SORT, SCALE, OVERLAY, PRECISION, GRID)


@dataclass(frozen=True, eq=False)
class Statistics:
    """One number a channel, ``(C,) float32`` each.

    Parameters
    ----------
    least, most, mean, spread : array
        ``spread`` is the standard deviation.
    zeros : array
        Share of cells that are exactly 0.
    """

    least: NDArray[np.float32]
    most: NDArray[np.float32]
    mean: NDArray[np.float32]
    spread: NDArray[np.float32]
    zeros: NDArray[np.float32]

    def order(self, sort: str) -> NDArray[np.intp]:
        """Return the channels, largest of the statistic first; equal ones by their number."""
        if sort == "index":
            return np.arange(len(self.mean))
        return np.argsort(-getattr(self, sort), kind="stable")


def statistics(maps: NDArray[np.float32]) -> Statistics:
    """Return the statistics of maps ``(C, h, w)``."""
    flat = maps.reshape(len(maps), -1)
    return Statistics(
        flat.min(1), flat.max(1), flat.mean(1), flat.std(1), (flat == 0).mean(1, dtype=np.float32)
    )


@dataclass(frozen=True, eq=False)
class State:
    """One picture of the page.

    Parameters
    ----------
    picture : Picture
    model : str
    layer : Named
    held : Held
    facts : Statistics
    order : (C,) int
        Channels in the order of the grid.
    channel : int
        The one enlarged.
    sort, scale : str
    overlay : int
        Percent of the map over the picture; 0 shows the map alone.
    precision : str or None
    grid : int
        Which part of the grid, from 0.
    """

    picture: Picture
    model: str
    layer: Named
    held: Held
    facts: Statistics
    order: NDArray[np.intp]
    channel: int
    sort: str
    scale: str
    overlay: int
    precision: str | None
    grid: int

    @property
    def values(self) -> NDArray[np.float32]:
        """The map enlarged."""
        values: NDArray[np.float32] = self.held.maps[self.channel]
        return values

    @property
    def names(self) -> tuple[str, ...]:
        """What each channel is called: a class in the layer of class scores, else its number."""
        from seglib.models import find

        numbers = tuple(str(channel) for channel in range(len(self.order)))
        last = layers.listing(self.model)[-1]
        classes = find(self.model).labels.names
        if self.layer.unit != last.unit or len(classes) != len(numbers):
            return numbers
        return tuple(f"{number} {name}" for number, name in zip(numbers, classes, strict=True))

    @property
    def grids(self) -> int:
        """How many parts the grid has."""
        return -(-len(self.order) // PAGE_OF)

    @property
    def limits(self) -> tuple[float, float] | None:
        """Ends of the colour scale shared by all; ``None`` where each has its own."""
        if self.scale == "own":
            return None
        return float(self.facts.least.min()), float(self.facts.most.max())

    @property
    def diverging(self) -> bool:
        """Whether the layer has values below 0."""
        return bool(self.facts.least.min() < 0)


@st.cache_resource(max_entries=12, ttl="20m", show_spinner=False)
def _facts(digest: str, model: str, name: str, precision: str | None, _held: Held) -> Statistics:
    return statistics(_held.maps)


def read() -> State:
    """Read the address and look inside."""
    picture = picker.current()
    model = address.get(MODEL)
    chosen = address.get(PRECISION)
    precision = None if chosen == "auto" else chosen
    layer = layers.named(address.get(LAYER), model=model)
    held = layers.read(picture.image, layer.name, model=model, precision=precision)
    facts = _facts(picture.image.digest, model, layer.name, precision, held)
    order = facts.order(address.get(SORT))
    text = address.get(CHANNEL)
    channel = int(order[0]) if text == "best" else min(int(text), len(order) - 1)
    grids = -(-len(order) // PAGE_OF)
    return State(
        picture,
        model,
        layer,
        held,
        facts,
        order,
        channel,
        address.get(SORT),
        address.get(SCALE),
        int(address.get(OVERLAY)),
        precision,
        min(int(address.get(GRID)), grids) - 1,
    )
