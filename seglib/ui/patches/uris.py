"""Small addresses of pictures: what a slider sends again and again must be few bytes."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.labels import LabelSet
from seglib.ui.figures import feature, plate
from seglib.ui.figures.plate import Overlay

STEPS = 64
"""Colours of a heat map: an eye tells no more of them apart, and the file is a third as large."""


def photo(pixels: NDArray[np.uint8], quality: int = 85) -> str:
    """Return a photograph ``(H, W, 3)`` or ``(H, W) uint8`` as a JPEG."""
    from seglib.images import encode_jpeg

    return "data:image/jpeg;base64," + base64.b64encode(encode_jpeg(pixels, quality)).decode()


def labels(ids: NDArray[np.uint8], label_set: LabelSet) -> str:
    """Return a label map ``(H, W) uint8`` as an indexed PNG."""
    from seglib.formats import voc

    return _png(voc.write(ids, label_set))


def share(values: NDArray[np.floating[Any]]) -> str:
    """Return a map ``(H, W)`` of values from 0 to 1 in 64 colours."""
    from PIL import Image as PilImage

    ids = np.rint(np.clip(values, 0, 1) * (STEPS - 1)).astype(np.uint8)
    ramp = np.linspace(0, 1, STEPS, dtype=np.float32)[None]
    picture = PilImage.fromarray(ids)
    picture.putpalette(feature.colours(ramp, limits=(0.0, 1.0))[0].tobytes())
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=6)
    return _png(file.getvalue())


def _png(data: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(data).decode()


def markup(
    uri: str,
    size: tuple[int, int],
    *,
    title: str,
    caption: str = "",
    marks: Sequence[Overlay] = (),
    smooth: bool = False,
    key: str | None = None,
    width: int = 900,
) -> str:
    """Return a picture of ``size`` (width, height) on a plate; see :mod:`seglib.ui.figures`."""
    soft = " seg-smooth" if smooth else ""
    return plate.markup(
        f'<img class="seg-map{soft}" alt="" src="{uri}">',
        size,
        cell=width / size[0],
        title=title,
        caption=caption,
        marks=marks,
        alt=title,
        testid=key or "picture",
    )
