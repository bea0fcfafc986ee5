"""What page tests of mattes share: a network that sees a disc, what the browser gets, downloads."""

from __future__ import annotations

import io
import json
import struct
import threading
from typing import Any

import numpy as np
import pytest
import streamlit as st
from PIL import Image as PilImage
from streamlit.testing.v1 import AppTest

from seglib import images
from seglib.engine import FakeEngine
from seglib.models import Segmenter, find
from seglib.ui import caches

MODEL = "foreground"


def disc(radius: float = 45, top: float = 9.0, side: int = 160) -> np.ndarray:
    """Logits of a soft disc: positive inside."""
    y, x = np.mgrid[:side, :side]
    away = np.hypot(y - side / 2, x - side / 2)
    return np.clip((radius - away) / 3, -9, top).astype(np.float32)[None, None]


def faked(monkeypatch: pytest.MonkeyPatch, logits: np.ndarray) -> FakeEngine:
    """Let the model answer these logits, whatever it is asked."""
    engine = FakeEngine({"logits": logits})
    own, real = Segmenter(find(MODEL), engine), caches.segmenter
    monkeypatch.setattr(
        caches,
        "segmenter",
        lambda name, precision=None: own if name == MODEL else real(name, precision),
    )
    for cache in (caches.answer, caches.forward):
        cache.clear()
    return engine


def components(app: AppTest) -> list[tuple[dict[str, Any], dict[str, bytes]]]:
    """Head and pictures that the browser gets, of each pair on the page."""
    found = []
    for element in app.get("bidi_component"):
        if not element.proto.component_name.endswith("seglib_swipe"):
            continue
        data = element.proto.bytes
        (length,) = struct.unpack("<I", data[:4])
        head = json.loads(data[4 : 4 + length])
        body = data[4 + length :]
        found.append((head, {name: body[a : a + n] for name, (a, n) in head["parts"].items()}))
    return found


def component(app: AppTest) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The only pair on the page."""
    (one,) = components(app)
    return one


def pixels_of(data: bytes) -> np.ndarray:
    with PilImage.open(io.BytesIO(data)) as picture:
        return np.asarray(picture)


FILES: dict[str, Any] = {}
"""Latest data of each download button, by its label."""


def keep_downloads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what the download buttons hold."""
    FILES.clear()

    def button(label: str, data: Any, **_: Any) -> bool:
        FILES[label] = data
        return False

    monkeypatch.setattr(st, "download_button", button)


def download(title: str) -> bytes:
    """Press a button: what makes its file runs in a thread that knows no session."""
    data, found = FILES[title], []

    def press() -> None:
        found.append(data() if callable(data) else data)

    thread = threading.Thread(target=press)
    thread.start()
    thread.join()
    (made,) = found
    assert isinstance(made, bytes)
    return made


def png(size: tuple[int, int] = (60, 40), value: int = 120) -> bytes:
    return images.encode_png(np.full((size[1], size[0], 3), value, np.uint8))
