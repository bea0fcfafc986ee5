"""Truth and prediction before any paint: drawn situations, or a network on a generated street."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.disturb import DisturbOptions, disturb
from seglib.ui import address, caches, picker
from seglib.ui.pack import nearest
from seglib.ui.playground import scenes
from seglib.ui.playground.scenes import Scene

Labels = NDArray[np.uint8]
MODEL = "street"


def pair(scene: Scene, options: DisturbOptions, *, seed: int) -> tuple[str, Labels, Labels]:
    """Return a name of the pair, the truth, and the prediction with the sliders' disturbance.

    Both maps are ``(120, 160) uint8`` and read-only.
    """
    street = int(address.get(picker.SEED)) if scene.key == scenes.NETWORK else 0
    token = f"{scene.key}:{street}:{options}:{seed}"
    truth, prediction = _pair(scene.key, street, options, seed)
    return token, truth, prediction


@st.cache_resource(max_entries=96, ttl="20m", show_spinner=False)
def _pair(key: str, street: int, options: DisturbOptions, seed: int) -> tuple[Labels, Labels]:
    scene = scenes.BY_KEY[key]
    truth, prediction = _network(street) if key == scenes.NETWORK else scenes.maps(key)
    return truth, disturb(
        prediction, options, seed=seed, label_set=scene.label_set, classes=scene.moved_ids
    )


@st.cache_resource(max_entries=8, show_spinner=False)
def _network(seed: int) -> tuple[Labels, Labels]:
    """Both maps of a street, brought to the page's size: every pixel is copied, none is mixed."""
    picture = caches.sample("street", seed)
    answer = caches.forward(picture.image.digest, MODEL, None, picture)
    done = caches.segmenter(MODEL).finish(answer, upsampling="logits")
    if picture.truth is None:
        raise AssertionError("a generated street has its truth")
    size = (scenes.WIDTH, scenes.HEIGHT)
    maps = nearest(picture.truth.labels, size), nearest(done.result.labels, size)
    for labels in maps:
        labels.setflags(write=False)
    return maps
