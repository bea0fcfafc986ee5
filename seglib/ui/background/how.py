"""How it works, with the numbers of one pixel put in."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.matting import MatteOptions, refine
from seglib.matting.refine import GUIDE_EPS, GUIDE_SIDE
from seglib.ui.background import state
from seglib.ui.background.state import Work
from seglib.ui.numbers import sig3

WHITE = np.array([255, 255, 255], np.float64)


@dataclass(frozen=True, eq=False)
class Sums:
    """Everything that happens to one pixel.

    Parameters
    ----------
    x, y : int
    colour : (3,) float64
        Of the picture, 0..255.
    network, edges, levels, refined : float
        Alpha of the network, after following edges, after levels, in the end.
    alpha : float
        As stored: a multiple of 1/255.
    subject : (3,) float64
        The subject's own colour after despill.
    ground : (3,) float64
        What lies behind; white where that is transparent.
    shown : (3,) float64
        As composed.
    transparent : bool
    """

    x: int
    y: int
    colour: NDArray[np.float64]
    network: float
    edges: float
    levels: float
    refined: float
    alpha: float
    subject: NDArray[np.float64]
    ground: NDArray[np.float64]
    shown: NDArray[np.float64]
    transparent: bool


@dataclass(frozen=True)
class Window:
    """The guided filter around one pixel, for a grey guide: ``q = a I + b``.

    Parameters
    ----------
    pixels : int
        In the window.
    mean_i, mean_p : float
        Of the guide (0..255) and of alpha.
    variance, covariance : float
        Of the guide, and of guide and alpha.
    a, b : float
        The line that fits best.
    value : float
        Of the guide at the pixel.
    """

    pixels: int
    mean_i: float
    mean_p: float
    variance: float
    covariance: float
    a: float
    b: float
    value: float

    @property
    def q(self) -> float:
        """What the line says for the pixel."""
        return self.a * self.value + self.b


def sums(done: Work) -> Sums:
    """Follow the chosen pixel through every step."""
    x, y = state.pixel(done)
    picture, options = done.image.pixels, done.settings.matte
    plain = state.edges_only(options)
    levels = replace(plain, threshold=options.threshold, softness=options.softness)
    rgba = done.made.rgba[y, x].astype(np.float64)
    ground = WHITE if done.made.ground is None else done.made.ground[y, x].astype(np.float64)
    shown = done.made.pixels[y, x].astype(np.float64)
    transparent = done.made.ground is None
    if transparent:
        shown = np.floor((rgba[:3] * rgba[3] + ground * (255 - rgba[3]) + 127) / 255)
    return Sums(
        x,
        y,
        picture[y, x].astype(np.float64),
        float(done.matte.alpha[y, x]),
        float(refine(done.matte, picture, plain).alpha[y, x]),
        float(refine(done.matte, picture, levels).alpha[y, x]),
        float(done.made.matte.alpha[y, x]),
        rgba[3] / 255,
        rgba[:3],
        ground,
        shown,
        transparent,
    )


def window(done: Work) -> Window:
    """Compute the guided filter's line around the chosen pixel, on a grey guide."""
    width, height = done.image.size
    scale = min(1.0, GUIDE_SIDE / max(width, height))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    grey = cv2.cvtColor(
        cv2.resize(done.image.pixels, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY
    ).astype(np.float64)
    alpha = cv2.resize(done.matte.alpha, size, interpolation=cv2.INTER_AREA).astype(np.float64)
    x, y = state.pixel(done)
    x, y = min(int(x * scale), size[0] - 1), min(int(y * scale), size[1] - 1)
    reach = done.settings.matte.reach
    part = np.s_[max(0, y - reach) : y + reach + 1, max(0, x - reach) : x + reach + 1]
    i, p = grey[part], alpha[part]
    covariance, variance = float((i * p).mean() - i.mean() * p.mean()), float(i.var())
    a = covariance / (variance + GUIDE_EPS)
    return Window(
        i.size,
        float(i.mean()),
        float(p.mean()),
        variance,
        covariance,
        a,
        float(p.mean()) - a * float(i.mean()),
        float(grey[y, x]),
    )


def show(done: Work) -> None:
    """Draw the tab."""
    found = sums(done)
    _choose(done, found)
    left, right = st.columns(2, gap="large")
    with left:
        _compositing(found)
        _despill(done, found)
    with right:
        _guided(done)
        _levels(done.settings.matte, found)


def _choose(done: Work, found: Sums) -> None:
    width, height = done.image.size
    st.session_state["bg_x_box"], st.session_state["bg_y_box"] = found.x, found.y

    def moved() -> None:
        state.choose_pixel((st.session_state["bg_x_box"], st.session_state["bg_y_box"]))

    columns = st.columns([1, 1, 4], vertical_alignment="bottom")
    with columns[0]:
        st.number_input(
            "x", 0, max(width - 1, 1), key="bg_x_box", on_change=moved, help="Column, in pixels."
        )
    with columns[1]:
        st.number_input(
            "y", 0, max(height - 1, 1), key="bg_y_box", on_change=moved, help="Row, in pixels."
        )
    swatches = "".join(
        f'<span><i class="seg-key" style="background:rgb({",".join(f"{v:.0f}" for v in color)})">'
        f"</i>{title} {_plain(color)}</span>"
        for title, color in (
            ("picture", found.colour),
            ("subject", found.subject),
            ("behind", found.ground),
            ("result", found.shown),
        )
    )
    columns[2].html(
        f'<div class="seg-swipe-legend" data-testid="bg-pixel"><span>Pixel {found.x}, {found.y}'
        f"</span>{swatches}</div>"
    )


def _compositing(found: Sums) -> None:
    st.markdown("#### A picture is a mix: the compositing equation")
    st.latex(r"I=\alpha F+(1-\alpha)\,B")
    st.latex(
        rf"\begin{{aligned}}C&={_n(found.alpha)}{_column(found.subject)}+"
        rf"{_n(1 - found.alpha)}{_column(found.ground)}\\&={_column(found.shown)}\end{{aligned}}"
    )
    behind = "white, because nothing is behind it" if found.transparent else "the new background"
    st.markdown(
        f"Red, green and blue from 0 to 255; alpha is stored in 255 steps, here "
        f"{found.alpha * 255:.0f}/255. $F$ is the subject's own colour, $B$ {behind} "
        "([Porter and Duff 1984](https://doi.org/10.1145/800031.808606))."
    )


def _despill(done: Work, found: Sums) -> None:
    st.markdown("#### The subject's own colour: despill")
    st.latex(r"\hat F=f+\alpha\,\big(I-\alpha f-(1-\alpha)\,b\big)")
    st.latex(rf"I={_column(found.colour)}\;\to\;F={_column(found.subject)}")
    strength = done.settings.background.despill
    st.markdown(
        "$f$ and $b$ are means of subject and ground near the pixel, weighted by alpha and its "
        f"rest; strength {sig3(strength)} goes that share of the way from $I$ to $\\hat F$. Where "
        "alpha is 1 the picture stays; where it is 0 nothing does "
        "([Forte 2021](https://arxiv.org/abs/2006.14970))."
    )


def _guided(done: Work) -> None:
    st.markdown("#### Follow the picture's edges: guided filter")
    st.latex(
        r"q=\bar a\,I+\bar b,\quad a=\frac{\mathrm{cov}(I,p)}{\mathrm{var}(I)+\varepsilon},"
        r"\quad b=\bar p-a\,\bar I"
    )
    if not done.settings.matte.edges:
        st.markdown("Off now: turn **Follow edges** on under More.")
        return
    near = window(done)
    st.latex(
        rf"\begin{{aligned}}a&=\frac{{{_n(near.covariance)}}}{{{_n(near.variance)}+"
        rf"{_n(GUIDE_EPS)}}}={_n(near.a)}\\b&={_n(near.mean_p)}-{_signed(near.a)}\cdot"
        rf"{_n(near.mean_i)}={_n(near.b)}\\q&={_signed(near.a)}\cdot{_n(near.value)}"
        rf"{'+' if near.b >= 0 else ''}{_n(near.b)}={_n(near.q)}\end{{aligned}}"
    )
    st.markdown(
        f"In a window of {near.pixels:,} pixels around the chosen one, alpha $p$ is fitted as a "
        "line of the picture $I$: where the picture has an edge, alpha gets one. Here for grey and "
        "one window; the page fits all three colours and averages all windows over a pixel "
        "([He, Sun and Tang 2013](https://doi.org/10.1109/TPAMI.2012.213))."
    )


def _levels(options: MatteOptions, found: Sums) -> None:
    st.markdown("#### Where the rim lies, and how wide it is: levels")
    st.latex(r"\alpha'=\min\Big(1,\max\Big(0,\ \frac{\alpha-t}{s}+\frac12\Big)\Big)")
    if options.softness < 1e-3:
        relation = r"\ge" if found.edges >= options.threshold else "<"
        st.latex(
            rf"s=0:\quad {_n(found.edges)}{relation}{_n(options.threshold)}"
            rf"\ \Rightarrow\ \alpha'={_n(found.levels)}"
        )
    else:
        inner = (found.edges - options.threshold) / options.softness + 0.5
        st.latex(
            rf"\frac{{{_n(found.edges)}-{_n(options.threshold)}}}{{{_n(options.softness)}}}+"
            rf"\frac12={_n(inner)}\ \Rightarrow\ \alpha'={_n(found.levels)}"
        )
    st.markdown(
        f"Threshold $t$, softness $s$. This pixel's alpha: network {sig3(found.network)}, after "
        f"edges {sig3(found.edges)}, after levels {sig3(found.levels)}, after holes, pieces and "
        f"feather {sig3(found.refined)}."
    )


def _n(value: float) -> str:
    return sig3(value).replace(",", "{,}")


def _signed(value: float) -> str:
    return f"({_n(value)})" if value < 0 else _n(value)


def _column(color: NDArray[np.float64]) -> str:
    return r"\begin{pmatrix}" + r"\\".join(f"{value:.0f}" for value in color) + r"\end{pmatrix}"


def _plain(color: NDArray[np.float64]) -> str:
    return ", ".join(f"{value:.0f}" for value in color)
