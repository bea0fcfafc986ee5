"""The downloads: the cut-out, the composed picture, the matte."""

from __future__ import annotations

import numpy as np

from seglib.images import encode_png
from seglib.matting import Replaced
from seglib.ui.background import state
from seglib.ui.background.state import Work
from seglib.ui.downloads import File, download_row


def show(done: Work) -> None:
    """Draw the buttons."""
    whole = state.full(done)
    transparent = done.settings.background.kind == "transparent"

    def cutout() -> bytes:
        return encode_png(whole().rgba)

    # what is shown is the file itself, byte for byte, where it is not shown smaller
    same = transparent and not done.reduced
    files = [
        File(
            "Cut-out PNG",
            "cutout.png",
            done.png if same else cutout,
            "The subject alone with its transparency (RGBA, alpha not premultiplied), full size.",
        )
    ]
    if not transparent:
        files += [
            File(
                "PNG",
                "composed.png",
                done.png if not done.reduced else lambda: state.encoded(whole(), "png"),
                "The subject on its new background, as shown, full size.",
            ),
            File(
                "JPEG",
                "composed.jpg",
                lambda: state.encoded(whole(), "jpg"),
                "The same, smaller, with a little loss.",
            ),
        ]
    files.append(
        File("Matte PNG", "matte.png", lambda: matte(whole()), "Alpha as grey: 0 to 255, full size")
    )
    download_row(files, "bg_get")


def matte(made: Replaced) -> bytes:
    """Return alpha as a grey PNG."""
    return encode_png(np.rint(made.matte.alpha * 255).astype(np.uint8))
