"""The view of the pyramid: the street model's own branches at any rates, on its own features."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.concepts import atrous
from seglib.concepts.atrous import Branch
from seglib.ui import address, frame, layers, lesson, picker
from seglib.ui.atrous import ideas
from seglib.ui.atrous.state import AT_X, AT_Y, CHANNEL, FACTOR, SET
from seglib.ui.figures import feature, matrix, plate
from seglib.ui.figures.plate import Mark, Overlay
from seglib.ui.numbers import percent, sig3

SETS: dict[str, tuple[str, tuple[int, ...]]] = {
    "model": ("3 · 6 · 9 this model", (3, 6, 9)),
    "v3": ("6 · 12 · 18", (6, 12, 18)),
    "v3wide": ("12 · 24 · 36", (12, 24, 36)),
    "own": ("Own", ()),
}
COLORS = (plate.SKY, plate.ORANGE, plate.VERMILLION)
LARGEST = 36
"""Rates in the figure of valid weights."""
_ROOT = "__module.context.branches"


@dataclass(frozen=True, eq=False)
class State:
    """One picture of the view; maps are ``(96, h, w) float32``."""

    rates: tuple[int, ...]
    features: NDArray[np.float32]
    pooled: NDArray[np.float32]
    branches: tuple[NDArray[np.float32], ...]
    channel: int
    at: tuple[int, int]
    digest: str


@st.cache_resource(show_spinner=False)
def _branches() -> tuple[Branch, ...]:
    """Return the three branches with the street model's trained weights."""
    from seglib.models import find
    from seglib.models.layers import parameters

    names = [
        f"{_ROOT}.{place}.{step}.0/aten::_convolution/{kind}"
        for place in range(3)
        for step, kind in enumerate(("GroupConvolution", "Convolution"))
    ]
    found = list(parameters(find("street"), names).values())
    return tuple(
        Branch(deep[:, 0, 0], _bias(deep_bias), point[:, :, 0, 0], _bias(point_bias))
        for (deep, deep_bias), (point, point_bias) in zip(found[::2], found[1::2], strict=True)
    )


def _bias(values: NDArray[np.float32] | None) -> NDArray[np.float32]:
    assert values is not None
    return values


@st.cache_resource(max_entries=12, ttl="20m", show_spinner=False)
def _run(digest: str, place: int, rate: int, _features: NDArray[np.float32]) -> NDArray[np.float32]:
    found = atrous.run_branch_graph(_features, _branches()[place], rate)
    found.setflags(write=False)
    return found


@st.cache_resource(max_entries=36, ttl="20m", show_spinner=False)
def _difference(
    digest: str,
    place: int,
    rate: int,
    _features: NDArray[np.float32],
    _maps: NDArray[np.float32],
) -> float:
    reference = atrous.run_branch(_features, _branches()[place], rate)
    return float(np.abs(reference - _maps).max())


@cache
def _shares(size: tuple[int, int]) -> tuple[dict[int, float], ...]:
    return tuple(atrous.valid_weights(size, rate) for rate in range(1, LARGEST + 1))


def rates() -> tuple[int, ...]:
    """Return the rates that are set."""
    chosen = SETS[address.get(SET)][1]
    factor = int(address.get(FACTOR))
    return chosen or (factor, 2 * factor, 3 * factor)


def read() -> State:
    """Read the address and run what is not yet known."""
    picture = picker.current()
    held = layers.read(picture.image, layers.named("pyramid-1x1").name, precision="f32")
    pooled = layers.read(picture.image, layers.named("pyramid-image-pooling").name, precision="f32")
    found = tuple(
        _run(picture.image.digest, place, rate, held.maps) for place, rate in enumerate(rates())
    )
    text = address.get(CHANNEL)
    channel = _telling(found, pooled.maps) if text == "best" else int(text)
    _, high, wide = held.maps.shape
    at = (
        round(int(address.get(AT_X)) / 100 * (wide - 1)),
        round(int(address.get(AT_Y)) / 100 * (high - 1)),
    )
    return State(rates(), held.maps, pooled.maps, found, channel, at, picture.image.digest)


def _telling(branches: tuple[NDArray[np.float32], ...], pooled: NDArray[np.float32]) -> int:
    """Return the channel to begin with: one in which every branch has something to say."""
    spreads = np.stack([maps.std(axis=(1, 2)) for maps in branches])
    least = (spreads / np.maximum(spreads.max(axis=1, keepdims=True), 1e-9)).min(axis=0)
    return int((least + (pooled.max(axis=(1, 2)) > 0)).argmax())


def draw() -> None:
    """Draw the view."""
    left, right = st.columns([2, 1], gap="medium")
    now = read()
    with left:
        st.html(_picture(now))
    with right:
        _controls(now)
    lesson.tabs(
        numbers=lambda: _numbers(now),
        how=lambda: _how(now),
        tries=ideas.show,
        code=lambda: frame.show_code(
            atrous.run_branch,
            atrous.run_branch_graph,
            atrous.valid_weights,
            intro="A branch in NumPy, the same in OpenVINO with the model's trained weights, and "
            "the count of valid weights:",
        ),
    )


def _picture(now: State) -> str:
    _, high, wide = now.features.shape
    x, y = now.at
    taps: list[Overlay] = [Mark((x, y, 1, 1), "#ffffff", fill=True, label="1 × 1")]
    for rate, color in zip(now.rates, COLORS, strict=True):
        for dy in (-rate, 0, rate):
            for dx in (-rate, 0, rate):
                inside = 0 <= x + dx < wide and 0 <= y + dy < high
                if inside and (dx or dy):
                    taps.append(Mark((x + dx, y + dy, 1, 1), color, fill=True, label=f"{rate}"))
    strength = now.features.std(axis=0)
    maps = [("1 × 1", now.features), *_named(now), ("Image pooling", now.pooled)]
    small = [
        feature.markup(
            values[now.channel],
            title=title,
            width=196,
            caption=_range(values[now.channel]),
            key=f"atr-branch-{place}",
        )
        for place, (title, values) in enumerate(maps)
    ]
    counts = "; ".join(
        f"rate {rate}: {atrous.mean_valid((high, wide), rate):.2f} of 9" for rate in now.rates
    )
    return (
        matrix.row_markup(
            [
                feature.markup(
                    strength,
                    title=f"What the branches meet, {high} × {wide} cells",
                    marks=taps,
                    width=410,
                    scale="grey",
                    caption="Spread over 96 channels. Taps of one cell: "
                    + ", ".join(
                        f"{name} {rate}"
                        for name, rate in zip(("sky", "orange", "red"), now.rates, strict=True)
                    )
                    + ".",
                    key="atr-taps",
                ),
                small[0],
            ],
            align="flex-start",
        )
        + '<div style="height:0.8rem"></div>'
        + f'<div class="seg-half">{matrix.row_markup(small[1:4], align="flex-start")}</div>'
        + '<div style="height:0.8rem"></div>'
        + matrix.row_markup([small[4], _growth(now)], align="flex-start")
        + f'<p class="seg-caption" style="margin-top:0.6rem" data-testid="atr-sentence">Channel '
        f"{now.channel}. Weights that meet the map, on average: {counts}.</p>"
    )


def _range(values: NDArray[np.float32]) -> str:
    low, high = sig3(float(values.min())), sig3(float(values.max()))
    return f"{low} everywhere" if low == high else f"{low} to {high}"


def _named(now: State) -> list[tuple[str, NDArray[np.float32]]]:
    return [(f"Rate {rate}", maps) for rate, maps in zip(now.rates, now.branches, strict=True)]


def _growth(now: State) -> str:
    """Return columns: for each rate, how many cells have 9, 6, 4 … 1 valid weights."""
    size = now.features.shape[1], now.features.shape[2]
    shades = {9: "#0072B2", 6: "#56B4E9", 4: "#009E73", 3: "#F0E442", 2: "#E69F00", 1: "#D55E00"}
    columns = []
    for rate, shares in enumerate(_shares(size), start=1):
        parts = "".join(
            f'<i style="height:{100 * shares[number]:.2f}%;background:{shades[number]}" '
            f'title="rate {rate}: {number} weights at {percent(shares[number])}"></i>'
            for number in sorted(shares)
        )
        mark = ' class="here"' if rate in now.rates else ""
        columns.append(f"<div{mark}>{parts}</div>")
    legend = " ".join(
        f'<span><i style="background:{color}"></i>{number}</span>'
        for number, color in shades.items()
    )
    return (
        '<div class="seg-growth" data-testid="atr-growth" role="img" aria-label="share of cells by '
        'number of valid weights, for rates 1 to 36"><div class="seg-plate-title">Valid weights as '
        f'the rate grows, 1 to 36</div><div class="stacks">{"".join(columns)}</div>'
        f'<div class="legend">{legend}</div></div>'
    )


def _controls(now: State) -> None:
    address.choose(
        SET,
        "Rates",
        {name: title for name, (title, *_) in SETS.items()},
        help="The branches keep the street model's trained weights; it was trained with 3, 6, 9.",
    )
    st.session_state[FACTOR.name] = int(address.get(FACTOR))
    st.slider(
        "Smallest rate r; then 2r and 3r",
        1,
        40,
        key=FACTOR.name,
        on_change=lambda: address.put(FACTOR, str(st.session_state[FACTOR.name])),
        disabled=address.get(SET) != "own",
    )
    key = "atr_feature_pick"
    st.session_state[key] = now.channel
    st.slider(
        "Channel",
        0,
        95,
        key=key,
        on_change=lambda: address.put(CHANNEL, str(st.session_state[key])),
    )
    for param, label in ((AT_X, "Cell, across %"), (AT_Y, "Cell, down %")):
        st.session_state[param.name] = int(address.get(param))
        st.slider(
            label,
            0,
            100,
            key=param.name,
            on_change=lambda p=param: address.put(p, str(st.session_state[p.name])),
        )


def _numbers(now: State) -> None:
    size = now.features.shape[1], now.features.shape[2]
    rows = []
    for rate, maps in zip((1, *now.rates), (now.features, *now.branches), strict=True):
        first = rate == 1 and maps is now.features
        shares = {1: 1.0} if first else atrous.valid_weights(size, rate)
        spans = 1 if first else atrous.effective_kernel(3, rate)
        mean = sum(number * share for number, share in shares.items())
        whole = "" if first else percent(shares.get(9, 0.0))
        rows.append(
            f'<tr><th scope="row">{"1 × 1" if first else f"Rate {rate}"}</th>'
            f"<td>{spans} × {spans}</td><td>{mean:.2f}</td><td>{whole}</td>"
            f"<td>{percent(shares.get(1, 0.0))}</td><td>{sig3(float(maps.mean()))}</td></tr>"
        )
    st.html(
        '<div class="seg-table" data-testid="atr-table"><table><thead><tr><th>Branch</th>'
        "<th>Spans</th><th>Valid weights</th><th>Cells with all nine</th>"
        "<th>Cells with one only</th><th>Mean answer</th></tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )
    with st.grid(3, min_column_width=150, gap="small"):
        for place, (rate, maps) in enumerate(zip(now.rates, now.branches, strict=True)):
            st.metric(
                f"NumPy − OpenVINO, rate {rate}",
                matrix.difference(_difference(now.digest, place, rate, now.features, maps)),
                help="Largest difference over all 96 channels",
                border=True,
            )
    st.html(
        '<p class="seg-note">At rates 3, 6, 9 these are the very values inside the street model. '
        "At other rates the weights meet cells that they were not trained for.</p>"
    )


def _how(now: State) -> None:
    _, high, wide = now.features.shape
    rate = now.rates[-1]
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("#### Several rates, one map")
        st.latex(
            r"y = \text{ReLU}\left(W\,[x_1, x_r, x_{2r}, x_{3r}, \bar{x}]\right) \qquad "
            r"x_d = x *_d w_d"
        )
        st.latex(
            r"k_e = 3 + 2\,(d-1): \quad "
            + r",\; ".join(f"{rate} \\to {atrous.effective_kernel(3, rate)}" for rate in now.rates)
        )
        st.markdown(
            "Each branch looks at another scale at the same cost; the 1 × 1 branch keeps what is "
            "here, and image pooling adds one number a channel for the whole picture "
            "([Chen et al. 2017](https://arxiv.org/abs/1706.05587))."
        )
    with right:
        st.markdown("#### Why not ever larger rates?")
        st.latex(
            r"\bar n = \left(1 + 2\,\frac{\max(0, h-d)}{h}\right)"
            r"\left(1 + 2\,\frac{\max(0, w-d)}{w}\right)"
        )
        st.latex(
            rf"\left(1 + 2\cdot\frac{{{max(0, high - rate)}}}{{{high}}}\right)"
            rf"\left(1 + 2\cdot\frac{{{max(0, wide - rate)}}}{{{wide}}}\right) = "
            rf"{atrous.mean_valid((high, wide), rate):.3g}"
        )
        st.markdown(
            "A tap outside the map meets padding. As the rate nears the map's size, only the "
            "middle weight is left: the 3 × 3 kernel degenerates to 1 × 1. That is why DeepLabv3 "
            "adds image pooling."
        )
