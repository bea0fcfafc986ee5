"""The picture picker in the sidebar, shared by all pages."""

from __future__ import annotations

import base64
import logging
import re
import secrets

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.errors import SeglibError
from seglib.images import DEFAULT_LIMITS, Image, encode_jpeg, resize
from seglib.ui import address, caches
from seglib.ui.address import Param
from seglib.ui.samples import (
    CELLS_SEEDS,
    GENERATED,
    MAX_SEED,
    PHOTOS,
    STREET_SEEDS,
    Picture,
    available_photos,
    from_upload,
)

_LOG = logging.getLogger("seglib.ui")
_KINDS = ("jpg", "jpeg", "png", "webp", "bmp", "tif", "tiff", "gif")
_MB = DEFAULT_LIMITS.max_bytes // 2**20

PICTURE = Param(
    "picture", "", lambda text: text in GENERATED or text in {photo.key for photo in PHOTOS}
)
"""Empty is the sample that the page prefers, a street where it prefers none."""
SEED = Param("seed", str(STREET_SEEDS[0]), address.integer(0, MAX_SEED))
PARAMS = (PICTURE, SEED)

_WORDS = {
    "street": (
        "Street with seed",
        "Every seed generates another street, with exact ground truth.",
        "Another street",
        "Generate a street from a random seed.",
    ),
    "cells": (
        "Cells with seed",
        "Every seed generates another microscope picture, with the exact truth of its nuclei.",
        "Other cells",
        "Generate a microscope picture from a random seed.",
    ),
}
"""Title and help of the seed, title and help of the dice."""


def prefer(key: str) -> None:
    """Show this sample on a page about something else than streets until its visitor chooses."""
    if key in GENERATED or any(photo.key == key for photo in available_photos()):
        st.session_state["_preferred"] = key


def _key() -> str:
    """Return the key of the sample chosen, or preferred."""
    if address.get(SEED) != SEED.default:  # a seed names a street
        return address.get(PICTURE) or "street"
    return address.get(PICTURE) or str(st.session_state.get("_preferred", "street"))


def _kind() -> str:
    """Return what the seed and the dice generate: more of what is shown, else streets."""
    key = _key()
    return key if key in GENERATED else "street"


def choose(key: str, seed: int | None = None) -> None:
    """Choose a sample picture."""
    # the usual picture stays out of the address, unless the page prefers another one
    usual = key == "street" and "_preferred" not in st.session_state
    address.put(PICTURE, "" if usual else key)
    if seed is not None:
        address.put(SEED, str(seed))
        st.session_state["street_seed"] = seed
    # An upload stays in the session for its own thumbnail, but no longer counts as chosen.
    st.session_state["_own_chosen"] = False
    st.session_state.pop("_problem", None)


def choose_default() -> None:
    """Go back to the first sample picture."""
    choose("street", STREET_SEEDS[0])


def _choose_own() -> None:
    st.session_state["_own_chosen"] = True
    st.session_state.pop("_problem", None)


def _dice() -> None:
    choose(_kind(), secrets.randbelow(MAX_SEED + 1))


def _seed_changed() -> None:
    choose(_kind(), int(st.session_state["street_seed"]))


def take(data: bytes, *, name: str, key: str) -> None:
    """Decode a stranger's bytes and choose the picture; a refusal is kept as one sentence.

    The picture shown before stays on the page when the new one is refused.
    """
    st.session_state.pop("_problem", None)
    # The name is a stranger's too, and is shown as Markdown.
    name = re.sub(r"[^\w .()-]", "_", name)[:80]
    try:
        picture = from_upload(data, name=name, key=key)
    except SeglibError as error:
        from seglib.ui.boundary import sentence

        st.session_state["_problem"] = f"{name}: {sentence(error)}"
        return
    except Exception:
        reference = secrets.token_hex(3)
        _LOG.exception("upload failed, reference %s", reference)
        st.session_state["_problem"] = f"{name} cannot be used. Reference: {reference}."
        return
    st.session_state["_own"] = picture
    st.session_state["_own_chosen"] = True


def _uploaded() -> None:
    file = st.session_state.get("upload")
    if file is not None:
        take(file.getvalue(), name=file.name, key="upload")


def _photographed() -> None:
    file = st.session_state.get("camera")
    if file is not None:
        take(file.getvalue(), name="Camera picture", key="camera")


def problem() -> str | None:
    """Return why the last upload was refused, if it was."""
    text: str | None = st.session_state.get("_problem")
    return text


def forget_problem() -> None:
    """Take the sentence about the refused upload away."""
    st.session_state.pop("_problem", None)


def current() -> Picture:
    """Return the picture chosen."""
    own: Picture | None = st.session_state.get("_own")
    if own is not None and st.session_state.get("_own_chosen"):
        return own
    key = _key()
    return caches.sample(key, int(address.get(SEED)) if key in GENERATED else 0)


def adopted(names: set[str]) -> None:
    """Follow a picture that came by the address bar."""
    if names & {PICTURE.name, SEED.name}:
        st.session_state["_own_chosen"] = False
        st.session_state["street_seed"] = int(address.get(SEED))


@st.cache_resource(show_spinner=False)
def _thumbnails() -> str:
    """Return the stylesheet with the thumbnails: made once a process."""
    rules = []
    for seed in STREET_SEEDS:
        rules.append(_rule(f"street_{seed}", caches.sample("street", seed)))
    for seed in CELLS_SEEDS:
        rules.append(_rule(f"cells_{seed}", caches.sample("cells", seed)))
    for photo in available_photos():
        rules.append(_rule(photo.key, caches.sample(photo.key, 0)))
    return "".join(rules)


def _rule(name: str, picture: Picture) -> str:
    data = base64.b64encode(encode_jpeg(_thumb(picture.image), 80)).decode()
    return (
        f".st-key-pick_{name} button{{background-image:url(data:image/jpeg;base64,{data})"
        "!important}"
    )


def _thumb(image: Image) -> NDArray[np.uint8]:
    """Return the middle of a picture, 4:3, at most 192 × 144 px."""
    width, height = image.size
    # Cut first: a picture of 1 × 5000 pixels brought to 192 pixels of width would be enormous.
    wide, high = min(width, max(1, height * 4 // 3)), min(height, max(1, width * 3 // 4))
    x, y = (width - wide) // 2, (height - high) // 2
    cut = np.ascontiguousarray(image.pixels[y : y + high, x : x + wide])
    return resize(cut, (min(192, wide), min(144, high)))


def _selected_rule(name: str) -> str:
    return f".st-key-pick_{name} button{{outline:3px solid #E69F00!important;outline-offset:1px}}"


def heading() -> None:
    """Open the sidebar: the page beside it must not move when the picker comes, which is last."""
    st.session_state.pop("_preferred", None)  # that was the page before
    st.sidebar.markdown("**Picture**")


def sidebar() -> None:
    """Draw the picker below its heading."""
    own: Picture | None = st.session_state.get("_own")
    own_chosen = own is not None and bool(st.session_state.get("_own_chosen"))
    key, seed = _key(), int(address.get(SEED))
    chosen = "own" if own_chosen else f"{key}_{seed}" if key in GENERATED else key
    style = _thumbnails() + (_rule("own", own) if own is not None else "")
    with st.sidebar:
        st.html(f"<style>{style}{_selected_rule(chosen)}</style>")
        with st.grid(3, gap="xsmall", min_column_width=56):
            for number in STREET_SEEDS:
                _thumbnail(f"street_{number}", f"Street {number}", choose, ("street", number))
            for number in CELLS_SEEDS:
                _thumbnail(f"cells_{number}", f"Cells {number}", choose, ("cells", number))
            for photo in available_photos():
                _thumbnail(photo.key, photo.title, choose, (photo.key,))
            if own is not None:
                _thumbnail("own", "Yours", _choose_own, ())
        st.session_state.setdefault("street_seed", seed)
        title, about, another, what = _WORDS[_kind()]
        st.number_input(
            title,
            0,
            MAX_SEED,
            key="street_seed",
            on_change=_seed_changed,
            help=about,
        )
        st.button(
            another,
            icon=":material/casino:",
            on_click=_dice,
            key="dice",
            width="stretch",
            help=what,
        )
        st.file_uploader(
            "Your own picture",
            type=list(_KINDS),
            key="upload",
            on_change=_uploaded,
            max_upload_size=_MB,
            help=f"JPEG, PNG, WebP, BMP, TIFF or GIF, at most {_MB} MB. "
            "It stays in this session and is never stored.",
        )
        camera = st.expander("Camera", icon=":material/photo_camera:", on_change="rerun", key="cam")
        # Only an open expander may ask for the camera.
        if camera.open:
            with camera:
                st.camera_input(
                    "Take a picture", key="camera", on_change=_photographed, width="stretch"
                )


def _thumbnail(name: str, title: str, action: object, args: tuple[object, ...]) -> None:
    st.button(title, key=f"pick_{name}", on_click=action, args=args, width="stretch")  # type: ignore[arg-type]
