"""The effective receptive field of the street model itself: hide a patch, see what changes."""

from __future__ import annotations

import time

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.images import Image
from seglib.ui import address, caches
from seglib.ui.atrous.state import AT_X, AT_Y
from seglib.ui.figures import feature, plate
from seglib.ui.figures.plate import Mark
from seglib.ui.numbers import sig3
from seglib.ui.samples import Picture

COLUMNS, ROWS = 12, 9
"""Patches that are hidden, one after the other."""


class _Kept:
    """Measurements by picture and cell; few, as each takes seconds."""

    def __init__(self) -> None:
        self.maps: dict[tuple[str, int, int], NDArray[np.float32]] = {}

    def put(self, key: tuple[str, int, int], value: NDArray[np.float32]) -> None:
        self.maps[key] = value
        while len(self.maps) > 16:
            self.maps.pop(next(iter(self.maps)))


@st.cache_resource(show_spinner=False)
def _kept() -> _Kept:
    return _Kept()


def show(picture: Picture) -> None:
    """Draw the offer to measure, or what was measured."""
    st.markdown("#### And the street model itself?")
    key = (picture.image.digest, int(address.get(AT_X)), int(address.get(AT_Y)))
    found = _kept().maps.get(key)
    if found is None:
        st.markdown(
            f"{COLUMNS} × {ROWS} patches of the picture are hidden one after the other; what "
            "changes the scores at the chosen cell is what the model looks at there."
        )
        if st.button("Measure", icon=":material/experiment:", key="atr_measure"):
            found = measure(picture, key[1], key[2])
            _kept().put(key, found)
    if found is not None:
        st.html(_markup(picture, found, key[1], key[2]))


def measure(picture: Picture, across: int, down: int) -> NDArray[np.float32]:
    """Return the change of the scores for each hidden patch, with a progress bar.

    Parameters
    ----------
    picture : Picture
    across, down : int
        The cell that is watched, in percent of the picture.

    Returns
    -------
    (9, 12) float32
        Root of the mean square over the classes, at the network's own cell.
    """
    # what a far patch changes is finer than the steps of an int8 network
    network = caches.segmenter("street", "f32")
    pixels = picture.image.pixels
    high, wide = pixels.shape[:2]

    def scores(image: Image) -> NDArray[np.float32]:
        logits = network.forward(image).outputs["logits"][0]
        y = round(down / 100 * (logits.shape[1] - 1))
        x = round(across / 100 * (logits.shape[2] - 1))
        return np.asarray(logits[:, y, x], np.float32)

    before = scores(picture.image)
    mean = pixels.reshape(-1, 3).mean(axis=0).astype(np.uint8)
    rows = np.linspace(0, high, ROWS + 1).round().astype(int)
    columns = np.linspace(0, wide, COLUMNS + 1).round().astype(int)
    found = np.zeros((ROWS, COLUMNS), np.float32)
    bar = st.progress(0.0, "Measuring")
    # Any click ends a run that is under way, so this button needs no more than to be there.
    stop = st.empty()
    stop.button("Stop", icon=":material/stop:", key="atr_stop")
    start = time.perf_counter()
    for place in range(ROWS * COLUMNS):
        y, x = divmod(place, COLUMNS)
        hidden = pixels.copy()
        hidden[rows[y] : rows[y + 1], columns[x] : columns[x + 1]] = mean
        found[y, x] = np.sqrt(np.mean((scores(Image(hidden)) - before) ** 2))
        if x == COLUMNS - 1:
            done = (place + 1) / (ROWS * COLUMNS)
            left = (time.perf_counter() - start) * (1 - done) / done
            bar.progress(done, f"Measuring, {sig3(left)} s left")
    bar.empty()
    stop.empty()
    found.setflags(write=False)
    return found


def _markup(picture: Picture, found: NDArray[np.float32], across: int, down: int) -> str:
    from seglib.render import heat

    pixels = picture.image.pixels
    import cv2

    wide = 480
    high = max(1, round(wide * pixels.shape[0] / pixels.shape[1]))
    small = cv2.resize(pixels, (wide, high), interpolation=cv2.INTER_AREA)
    most = float(found.max()) or 1.0
    colours = heat(np.sqrt(found / most), low=0.0, high=1.0)
    large = cv2.resize(colours, (wide, high), interpolation=cv2.INTER_NEAREST)
    mixed = cv2.addWeighted(large, 0.6, small, 0.4, 0)
    x, y = across / 100 * wide, down / 100 * high
    share = np.sort(found.ravel())[::-1].cumsum() / max(float(found.sum()), 1e-12)
    count = int(np.searchsorted(share, 0.5)) + 1
    return feature.pixels_markup(
        np.asarray(mixed, np.uint8),
        marks=[Mark((x - 5, y - 5, 10, 10), plate.VERMILLION, label="watched cell")],
        width=wide,
        smooth=True,
        caption=f"Half of all change comes from {count} of {found.size} patches; the largest "
        f"changes a score by {sig3(most)}.",
        key="atr-real",
    )
