"""What the page shows: its settings, the picture, the network and what it said, computed once."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.concepts import patches, patches_graph
from seglib.concepts.convolutionalise import FcOptions
from seglib.concepts.patches import PatchNet, WindowOptions
from seglib.models import store
from seglib.ui import address, knobs, picker, stepper
from seglib.ui.address import Param, one_of

VIEWS = {"window": "One pass", "layer": "Dense layer", "cost": "Cost"}
SOURCES = {"generated": "Generated", "picture": "The picture chosen"}
SHOWS = {"heat": "Probability", "decision": "Decision"}
NETWORKS = {"n4": "Ciresan's, 95 × 95", "ours": "Ours, 65 × 65"}

PREFIX, FC = "patches", "patchfc"
VIEW = Param("patches_view", "window", one_of(*VIEWS))
SOURCE = Param("patches_from", "generated", one_of(*SOURCES))
SHOW = Param("patches_show", "heat", one_of(*SHOWS))
NETWORK = Param("patches_net", "n4", one_of(*NETWORKS))
SIDE = Param("patches_side", "512", address.integer(96, 2048))
CELL = stepper.param("patches_cell")
PARAMS = (
    VIEW,
    SOURCE,
    SHOW,
    NETWORK,
    SIDE,
    CELL,
    *knobs.params(WindowOptions, PREFIX),
    *knobs.params(FcOptions, FC),
)

LARGEST = (320, 240)
"""Width and height of what is looked at; of larger pictures the middle, at its own scale."""
RACE_SIDE = 33
BATCH = 121
"""Windows at once, which is the quickest way of sliding."""


@dataclass(frozen=True, eq=False)
class Scene:
    """A grey picture.

    Parameters
    ----------
    pixels : ndarray
        ``(H, W) uint8``.
    truth : ndarray or None
        ``(H, W) bool``, true on membranes.
    title, note : str
        What it is.
    key : str
        Equal for equal pixels.
    """

    pixels: NDArray[np.uint8]
    truth: NDArray[np.bool_] | None
    title: str
    note: str
    key: str


@dataclass(frozen=True, eq=False)
class Answer:
    """Probability of membrane ``(H, W) float32`` and the milliseconds that the pass took."""

    probability: NDArray[np.float32]
    milliseconds: float


@st.cache_resource(show_spinner=False)
def network() -> PatchNet:
    """Return the bundled classifier."""
    return patches_graph.load(store.assets_root() / "concepts/membrane/membrane.xml")


@st.cache_resource(show_spinner=False)
def facts() -> dict[str, Any]:
    """Return what training measured."""
    path = store.assets_root() / "concepts/membrane/measured.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


@st.cache_resource(max_entries=12, show_spinner=False)
def _generated(seed: int) -> Scene:
    from seglib.concepts.patches_sample import membranes

    pixels, truth = membranes(seed, size=LARGEST)
    note = "generated to look like membranes in an electron microscope; the truth is exact"
    return Scene(pixels, truth, f"Generated membranes {seed}", note, f"generated:{seed}")


@st.cache_resource(max_entries=6, ttl="20m", show_spinner=False)
def _middle(digest: str, title: str, _pixels: NDArray[np.uint8]) -> Scene:
    import cv2

    high, wide = _pixels.shape[:2]
    width, height = min(wide, LARGEST[0]), min(high, LARGEST[1])
    x, y = (wide - width) // 2, (high - height) // 2
    cut = np.ascontiguousarray(_pixels[y : y + height, x : x + width])
    grey = np.asarray(cv2.cvtColor(cut, cv2.COLOR_RGB2GRAY), np.uint8).reshape(height, width)
    grey.setflags(write=False)
    what = "the whole picture" if (wide, high) == (width, height) else "its middle, unscaled"
    note = f"{what}, grey; the network knows electron micrographs only"
    return Scene(grey, None, title, note, f"picture:{digest}")


@st.cache_resource(max_entries=8, ttl="20m", show_spinner=False)
def _answer(key: str, digest: str, _scene: Scene) -> Answer:
    net = network()
    values = patches_graph.scaled(patches.mirrored(_scene.pixels, net.window))
    # once to compile, once to time
    patches_graph.one_pass(net, values)
    start = time.perf_counter()
    logits = patches_graph.one_pass(net, values)
    elapsed = 1e3 * (time.perf_counter() - start)
    probability = patches.probability(logits)
    probability.setflags(write=False)
    return Answer(probability, elapsed)


def scene() -> Scene:
    """Return the picture that is looked at."""
    if address.get(SOURCE) == "generated":
        return _generated(knobs.read(WindowOptions, PREFIX).seed)
    chosen = picker.current()
    return _middle(chosen.image.digest, chosen.title, chosen.image.pixels)


def answer(of: Scene) -> Answer:
    """Return what one pass says about a picture; computed once for everybody."""
    return _answer(of.key, network().digest, of)


def centre(of: Scene, options: WindowOptions) -> tuple[int, int]:
    """Return the pixel (x, y) in the middle of the window."""
    high, wide = of.pixels.shape
    return round(options.across / 100 * (wide - 1)), round(options.down / 100 * (high - 1))


def patch_at(of: Scene, x: int, y: int) -> NDArray[np.uint8]:
    """Return the window around a pixel, the picture mirrored beyond its border."""
    window = network().window
    wide = patches.mirrored(of.pixels, window)
    cut: NDArray[np.uint8] = np.ascontiguousarray(wide[y : y + window, x : x + window])
    return cut


@dataclass(frozen=True)
class Race:
    """Sliding windows against one pass over the same crop, network time alone.

    Parameters
    ----------
    key : str
        Of the picture.
    centre : (x, y)
        Pixel in the middle of the crop.
    windows : int
        Windows, one a pixel.
    sliding_ms, once_ms : float
        Milliseconds.
    difference : float
        Largest absolute difference of two logits of the same pixel.
    """

    key: str
    centre: tuple[int, int]
    windows: int
    sliding_ms: float
    once_ms: float
    difference: float

    @property
    def ratio(self) -> float:
        """How many times faster one pass is."""
        return self.sliding_ms / self.once_ms


def race(of: Scene, x: int, y: int, progress: Callable[[int, int], object]) -> Race:
    """Slide the window over a crop around a pixel, run one pass over it, and compare.

    ``progress`` hears the windows done and all of them.
    """
    net = network()
    wide = patches_graph.scaled(patches.mirrored(of.pixels, net.window))
    high, across = of.pixels.shape
    rows, columns = min(RACE_SIDE, high), min(RACE_SIDE, across)
    top = min(max(y - rows // 2, 0), high - rows)
    left = min(max(x - columns // 2, 0), across - columns)
    crop = wide[top : top + rows + net.window - 1, left : left + columns + net.window - 1]
    cut = patches_graph.cut(crop, net.window)
    # compiled before the clock starts, both of them
    patches_graph.windows(net, cut[:BATCH])
    once = patches_graph.one_pass(net, crop)
    times = []
    for _ in range(5):
        start = time.perf_counter()
        patches_graph.one_pass(net, crop)
        times.append(time.perf_counter() - start)
    found, sliding = [], 0.0
    for first in range(0, len(cut), BATCH):
        batch = cut[first : first + BATCH]
        start = time.perf_counter()
        found.append(patches_graph.windows(net, batch))
        sliding += time.perf_counter() - start
        progress(min(first + BATCH, len(cut)), len(cut))
    each = np.concatenate(found).T.reshape(once.shape)
    return Race(
        of.key,
        (x, y),
        len(cut),
        1e3 * sliding,
        1e3 * float(np.median(times)),
        float(np.abs(each - once).max()),
    )
