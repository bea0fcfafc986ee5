"""The view of receptive fields: a list of rates, where it looks, where it has holes."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.concepts import receptive_field as rf
from seglib.ui import address, lesson, stepper
from seglib.ui.atrous import field_tabs, ideas
from seglib.ui.atrous.field_state import State, read
from seglib.ui.atrous.state import (
    AT_X,
    AT_Y,
    DEPTH,
    MOST_LAYERS,
    MOST_RATE,
    RATES,
    WEIGHTS,
    text_of,
)
from seglib.ui.figures import feature, matrix, plate
from seglib.ui.figures.plate import Mark, Overlay
from seglib.ui.numbers import percent
from seglib.ui.samples import Picture

PRESETS: dict[str, str] = {
    "1.1.1": "1 · 1 · 1",
    "2.2.2": "2 · 2 · 2 gridding",
    "1.2.5": "1 · 2 · 5 hybrid",
    "1.2.9": "1 · 2 · 9",
    "1.2.4.8": "1 · 2 · 4 · 8",
}


def draw() -> None:
    """Draw the view."""
    left, right = st.columns([2, 1], gap="medium")
    now = read()
    with left:
        st.html(
            matrix.row_markup([_picture(now), _field(now)], align="flex-start")
            + _layers(now)
            + _sentence(now)
        )
        stepper.show(DEPTH, len(now.rates), label="Layers back from the output")
    with right:
        _controls(now)
    lesson.tabs(
        numbers=lambda: field_tabs.numbers(now),
        how=lambda: field_tabs.how(now),
        tries=ideas.show,
        code=field_tabs.code,
    )


def _picture(now: State) -> str:
    pixels = blend(now.picture, now.size, now.at, now.field)
    high, wide = pixels.shape[:2]
    unit = wide / now.size[0]
    radius = len(now.counts) // 2
    x, y = (place * unit for place in now.at)
    box = (x - radius * unit, y - radius * unit, len(now.counts) * unit, len(now.counts) * unit)
    left, top = max(0.0, box[0]), max(0.0, box[1])
    right, bottom = min(wide, box[0] + box[2]), min(high, box[1] + box[3])
    marks: list[Overlay] = [
        Mark((left, top, right - left, bottom - top), plate.ORANGE, dashed=True, label="field"),
        Mark((x, y, unit, unit), plate.VERMILLION, label="output cell"),
    ]
    return feature.pixels_markup(
        pixels,
        title=f"On the picture, {now.size[0]} × {now.size[1]} cells",
        marks=marks,
        width=360,
        key="atr-picture",
    )


def blend(
    picture: Picture, size: tuple[int, int], at: tuple[int, int], field: NDArray[np.float64]
) -> NDArray[np.uint8]:
    """Return the picture in grey, coloured where the field is not 0, ``(h, w, 3) uint8``."""
    import cv2

    unit = 5
    wide, high = size[0] * unit, size[1] * unit
    small = cv2.resize(picture.image.pixels, (wide, high), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)[..., None]
    strength = np.zeros((size[1], size[0]), np.float32)
    radius = len(field) // 2
    x, y = at
    top, left = max(0, y - radius), max(0, x - radius)
    bottom, right = min(size[1], y + radius + 1), min(size[0], x + radius + 1)
    strength[top:bottom, left:right] = field[
        top - y + radius : bottom - y + radius, left - x + radius : right - x + radius
    ]
    # The square root lifts the faint rim: a cell that matters little is still not a hole.
    shown = np.sqrt(strength).repeat(unit, 0).repeat(unit, 1)[..., None]
    base = np.repeat(grey * 0.75 + 20, 3, axis=2)
    mixed = base * (1 - 0.92 * shown) + np.array([255, 158, 0], np.float32) * 0.92 * shown
    pixels: NDArray[np.uint8] = np.clip(mixed, 0, 255).astype(np.uint8)
    return pixels


def _field(now: State) -> str:
    size = len(now.counts)
    middle = size // 2
    drawn = np.where(np.outer(now.counts, now.counts) > 0, now.field, np.nan)
    return matrix.svg(
        drawn,
        title=f"Influence, {size} × {size}",
        numbers=False,
        marks=[Mark((middle, middle, 1, 1), plate.VERMILLION)],
        scale="sequential",
        limits=(0.0, 1.0),
        cell=240 / size,
        caption="Grey: holes, which nothing reaches.",
        key="atr-field",
    )


def _layers(now: State) -> str:
    """Return one axis, layer by layer: which cells each layer's output looks at."""
    rows = []
    size = now.reaches[-1].field
    for count in range(len(now.rates), -1, -1):
        # From the output down: the paths through the last layers only.
        stack = [rf.Layer(3, 1, rate) for rate in now.rates[count:]]
        seen = rf.paths(stack) if stack else np.ones(1, np.int64)
        line = np.full((1, size), np.nan)
        start = (size - len(seen)) // 2
        line[0, start : start + len(seen)] = np.where(seen > 0, 1, np.nan)
        name = "output" if count == len(now.rates) else "input" if count == 0 else ""
        rate = f"rate {now.rates[count]}" if count < len(now.rates) else ""
        faint = ' style="opacity:0.3"' if count < len(now.rates) - now.depth else ""
        rows.append(
            f'<div class="seg-axis"{faint}><span>{name or f"layer {count}"}</span>'
            f"{_dots(line[0])}<span>{rate}</span></div>"
        )
    return (
        '<div class="seg-axes" data-testid="atr-axes" role="img" '
        'aria-label="cells looked at along one axis, layer by layer">' + "".join(rows) + "</div>"
    )


def _dots(line: NDArray[np.float64]) -> str:
    cells = "".join("<i></i>" if np.isnan(value) else '<i class="on"></i>' for value in line)
    return f'<div class="seg-dots">{cells}</div>'


def _who(now: State) -> str:
    all_, many = len(now.rates), "s" if now.depth > 1 else ""
    if now.depth == all_:
        return f"{all_} layer{many} of 3 × 3 span{'' if many else 's'}"
    return (
        f"The last {f'{now.depth} layers' if many else 'layer'} of {all_} span{'' if many else 's'}"
    )


def _sentence(now: State) -> str:
    size = len(now.counts)
    added = " + ".join(f"2 · {rate}" for rate in reversed(now.seen))
    half = rf.central(now.field)
    holes = "no holes" if now.coverage == 1 else f"{percent(1 - now.coverage)} of it holes"
    return (
        f'<p class="seg-caption" data-testid="atr-sentence">{_who(now)} 1 + {added} = '
        f"<b>{size} × {size}</b> cells, <b>{holes}</b>; half of the influence lies within "
        f"{half} × {half}.</p>"
    )


def _controls(now: State) -> None:
    text = text_of(now.rates)
    key = "atr_preset"
    st.session_state[key] = text if text in PRESETS else None

    def preset() -> None:
        chosen = st.session_state[key]
        if chosen:
            address.put(RATES, chosen)

    st.pills(
        "Rates",
        list(PRESETS),
        format_func=lambda t: PRESETS[t],
        key=key,
        on_change=preset,
        wrap=True,
    )
    count = "atr_count"
    st.session_state[count] = len(now.rates)

    def counted() -> None:
        wanted = int(st.session_state[count])
        address.put(RATES, text_of((now.rates + [now.rates[-1]] * MOST_LAYERS)[:wanted]))

    st.slider("Layers", 1, MOST_LAYERS, key=count, on_change=counted)
    for place, rate in enumerate(now.rates):
        own = f"atr_rate_{place}"
        st.session_state[own] = rate

        def rated(place: int = place, own: str = own) -> None:
            changed = list(now.rates)
            changed[place] = int(st.session_state[own])
            address.put(RATES, text_of(changed))

        st.slider(f"Rate of layer {place + 1}", 1, MOST_RATE, key=own, on_change=rated)
    with st.expander("More"):
        for param, label in ((AT_X, "Output cell, across %"), (AT_Y, "Output cell, down %")):
            st.session_state[param.name] = int(address.get(param))
            st.slider(
                label,
                0,
                100,
                key=param.name,
                on_change=lambda p=param: address.put(p, str(st.session_state[p.name])),
            )
        address.choose(
            WEIGHTS,
            "Weights",
            {"random": "24 random networks", "equal": "All equal"},
            help="The influence is the mean size of the derivative over networks with random "
            "weights, or the derivative of one whose weights are all the same.",
        )
