"""What the page works on: the settings, the picture, the background, and what comes of them."""

from __future__ import annotations

import math
import re
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.errors import SeglibError
from seglib.images import Image, decode, encode_jpeg, encode_png, shrink_to
from seglib.matting import (
    BackgroundOptions,
    MatteFacts,
    MatteOptions,
    Replaced,
    matte_facts,
    refine,
    replace_background,
)
from seglib.models import Segmenter
from seglib.options import describe
from seglib.results import Matte, StageTimes
from seglib.ui import address, caches, knobs, picker
from seglib.ui.address import Param, integer, one_of
from seglib.ui.boundary import sentence
from seglib.ui.samples import Picture
from seglib.ui.swipe import Pixel

MODEL = "foreground"
SAMPLE = "astronaut"
"""Shown to a visitor who has chosen no picture yet: it has a subject."""

SHOWN_SIDE = 1920
"""Pixels: a larger picture is worked on smaller while settings move; downloads are full size."""

BACKDROP_SIDE = 4096
"""Pixels: a larger background picture is kept smaller."""

VIEWS = {"result": "Result", "matte": "Matte", "trimap": "Trimap", "original": "Original"}
KINDS = {"transparent": "Transparent", "colour": "Colour", "blur": "Blur", "picture": "Picture"}
KEEPS = {"all": "Every piece", "largest": "The largest"}
FORMATS = {"png": "PNG", "jpg": "JPEG"}
LONGEST = {"1024": "1,024 px", "2048": "2,048 px", "4096": "4,096 px", "0": "As it is"}
STREET_BEHIND = 40
"""Seed of the street that stands behind the subject until a visitor brings a picture."""

VIEW = Param("bg_view", "result", one_of(*VIEWS))
COLOUR = Param(
    "bg_colour", "#009e73", lambda text: re.fullmatch(r"#[0-9a-f]{6}", text, re.ASCII) is not None
)
X = Param("bg_x", "", lambda text: not text or integer(0, 19_999)(text))
Y = Param("bg_y", "", lambda text: not text or integer(0, 19_999)(text))
FORMAT = Param("bg_format", "png", one_of(*FORMATS))
LONGEST_SIDE = Param("bg_longest", "2048", one_of(*LONGEST))
PARAMS = (
    VIEW,
    COLOUR,
    X,
    Y,
    FORMAT,
    LONGEST_SIDE,
    *knobs.params(MatteOptions, "bg"),
    *knobs.params(BackgroundOptions, "bgb"),
)


@dataclass(frozen=True)
class Preset:
    """A way of cutting: what it suits, and its options."""

    title: str
    help: str
    options: MatteOptions
    despill: float = 1.0


PRESETS: dict[str, Preset] = {
    "standard": Preset("Standard", "a soft outline, every piece", MatteOptions()),
    "portrait": Preset(
        "Portrait", "one person, soft outline, small holes closed", MatteOptions(keep="largest")
    ),
    "product": Preset(
        "Product",
        "a crisp outline, handles stay open",
        MatteOptions(reach=4, softness=0.3, holes=0.5),
    ),
    "hair": Preset(
        "Hair",
        "a wide soft rim that follows fine edges",
        MatteOptions(reach=16, threshold=0.45, softness=0.9, holes=1.0),
    ),
    "hard": Preset(
        "Hard cut",
        "every pixel in or out, as scissors do",
        MatteOptions(softness=0.0, keep="largest"),
        despill=0.0,
    ),
}


@dataclass(frozen=True)
class Settings:
    """Everything that a result depends on besides the picture.

    Parameters
    ----------
    matte : MatteOptions
    background : BackgroundOptions
    colour : (red, green, blue)
        Of a background of kind ``"colour"``.
    """

    matte: MatteOptions
    background: BackgroundOptions
    colour: tuple[int, int, int]

    def as_dict(self) -> dict[str, object]:
        """Return what matters, for JSON: a colour only where there is one."""
        ground: dict[str, object] = {"kind": self.background.kind}
        if self.background.kind == "colour":
            ground["colour"] = "#{:02x}{:02x}{:02x}".format(*self.colour)
        if self.background.kind == "blur":
            ground["blur"] = self.background.blur
        return {
            "model": MODEL,
            "matte": asdict(self.matte),
            "despill": self.background.despill,
            "background": ground,
        }


@dataclass(frozen=True, eq=False)
class Work:
    """A picture and what the settings make of it.

    Parameters
    ----------
    key : str
        Of the picture and every setting.
    picture : Picture
        As chosen, at full size.
    image : Image
        What was worked on: the picture, or a smaller copy of a large one.
    scale : float
        Size of ``image`` against the picture.
    settings : Settings
    matte : Matte
        As the network answered.
    made : Replaced
    png : bytes
        ``made.pixels`` as a file: what is shown, and what is downloaded where nothing was shrunk.
    times : StageTimes
        ``render_ms`` is despill, blend and encoding.
    """

    key: str
    picture: Picture
    image: Image
    scale: float
    settings: Settings
    matte: Matte
    made: Replaced
    png: bytes
    times: StageTimes
    facts: MatteFacts

    @property
    def reduced(self) -> bool:
        """Whether what is shown is smaller than the picture."""
        return self.image.size != self.picture.image.size

    @property
    def found(self) -> bool:
        """Whether there is a subject at all."""
        return self.facts.pieces > 0


def settings() -> Settings:
    """Return the settings as they are now."""
    text = address.get(COLOUR)
    red, green, blue = (int(text[i : i + 2], 16) for i in (1, 3, 5))
    return Settings(
        knobs.read(MatteOptions, "bg"), knobs.read(BackgroundOptions, "bgb"), (red, green, blue)
    )


def preset() -> str | None:
    """Return the name of the preset that is in force; ``None`` where settings are one's own."""
    now = settings()
    for name, one in PRESETS.items():
        if one.options == now.matte and one.despill == now.background.despill:
            return name
    return None


def use(name: str) -> None:
    """Put the options of a preset in force."""
    one = PRESETS[name]
    knobs.put(MatteOptions, "bg", **asdict(one.options))
    knobs.put(BackgroundOptions, "bgb", despill=one.despill)


def take_backdrop(data: bytes, name: str) -> None:
    """Keep a visitor's background picture; a refusal is kept as one sentence."""
    st.session_state.pop("_bg_problem", None)
    shown = re.sub(r"[^\w .()-]", "_", name)[:80]
    try:
        image = shrink_to(decode(data), BACKDROP_SIDE)
    except SeglibError as error:
        st.session_state["_bg_problem"] = f"{shown}: {sentence(error)}"
        return
    st.session_state["_bg_backdrop"] = (shown, image)


def backdrop_problem() -> str:
    """Return why the last background picture was refused, if it was."""
    return str(st.session_state.get("_bg_problem", ""))


def backdrop() -> tuple[str, Image]:
    """Return title and pixels of what stands behind the subject: the visitor's, or a street."""
    own: tuple[str, Image] | None = st.session_state.get("_bg_backdrop")
    if own is not None:
        return own
    street = caches.sample("street", STREET_BEHIND)
    return street.title, street.image


def work() -> Work:
    """Return the picture and what the settings make of it; computed anew only where they differ."""
    picture = picker.current()
    now = settings()
    behind = backdrop()[1] if now.background.kind == "picture" else None
    key = repr(
        (picture.image.digest, caches.source_of(picture), now, behind.digest if behind else "")
    )
    kept: Work | None = st.session_state.get("_bg_work")
    if kept is not None and kept.key == key:
        return kept
    image = caches.at_most(picture.image, SHOWN_SIDE)
    small = picture if image is picture.image else replace(picture, image=image, truth=None)
    answer = caches.answer(image.digest, MODEL, None, small)
    scale = max(image.size) / max(picture.image.size)
    made = make(image.pixels, answer.result, now, behind, scale=scale)
    start = time.perf_counter()
    png = encode_png(made.pixels)
    render_ms = made.compose_ms + 1e3 * (time.perf_counter() - start)
    times = replace(answer.times, decode_ms=picture.decode_ms, render_ms=render_ms)
    facts = matte_facts(made.matte)
    found = Work(key, picture, image, scale, now, answer.result, made, png, times, facts)
    st.session_state["_bg_work"] = found
    return found


def make(
    pixels: NDArray[np.uint8],
    matte: Matte,
    now: Settings,
    behind: Image | None,
    *,
    scale: float = 1.0,
) -> Replaced:
    """Refine, cut and compose with these settings."""
    return replace_background(
        pixels,
        matte,
        now.matte,
        now.background,
        colour=now.colour,
        picture=behind.pixels if behind is not None else None,
        scale=scale,
    )


def full(done: Work) -> Callable[[], Replaced]:
    """Return what computes the result at full size: at once where it is shown at full size."""
    if not done.reduced:
        return lambda: done.made
    own = caches.segmenter(MODEL)
    behind = backdrop()[1] if done.settings.background.kind == "picture" else None

    return lambda: make_whole(done.picture.image, own, done.settings, behind)


_LARGE = threading.Lock()


def make_whole(image: Image, own: Segmenter, now: Settings, behind: Image | None) -> Replaced:
    """Segment a picture of any size and put it on its new background.

    Large ones go one after another: each takes more than a gigabyte of memory for a moment.
    """
    with _LARGE if max(image.size) > BACKDROP_SIDE else nullcontext():
        return make(image.pixels, own.segment(image).result, now, behind)


def encoded(made: Replaced, kind: str) -> bytes:
    """Return the composed picture as a PNG or JPEG file."""
    return encode_png(made.pixels) if kind == "png" else encode_jpeg(made.pixels, 92)


def pixel(done: Work) -> Pixel:
    """Return the chosen pixel, within the picture; the softest one where none is chosen."""
    width, height = done.image.size
    x, y = address.get(X), address.get(Y)
    if x and y:
        return min(int(x), width - 1), min(int(y), height - 1)
    softest = int(np.abs(done.made.matte.alpha - 0.5).argmin())
    return softest % width, softest // width


def choose_pixel(place: Pixel) -> None:
    """Choose a pixel."""
    address.put(X, str(place[0]))
    address.put(Y, str(place[1]))


@dataclass(frozen=True)
class Missing:
    """That there is no subject, and what may help.

    Parameters
    ----------
    highest : float
        The highest alpha before levels.
    threshold : float or None
        One that finds something; ``None`` where none would.
    """

    highest: float
    threshold: float | None


def missing(done: Work) -> Missing:
    """Return how near the picture came to having a subject.

    Levels keep the order of alpha and bring the threshold to one half, so what decides is the
    highest alpha after the edges were followed.
    """
    plain = edges_only(done.settings.matte)
    top = float(refine(done.matte, done.image.pixels, plain).alpha.max())
    lowest = next(info.low for info in describe(MatteOptions) if info.name == "threshold") or 0.0
    # somewhat below the top, in the slider's steps
    threshold = max(lowest, math.floor(0.8 * top / lowest) * lowest)
    return Missing(top, round(threshold, 2) if top >= threshold else None)


def edges_only(options: MatteOptions) -> MatteOptions:
    """Return options that follow the edges and do nothing else."""
    return replace(options, threshold=0.5, softness=1.0, feather=0.0, holes=0.0, keep="all")
