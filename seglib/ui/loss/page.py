"""The page: loss of each pixel on the picture, totals, classes, one pixel, tabs."""

from __future__ import annotations

from typing import cast

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.concepts import loss, loss_focal, loss_weights
from seglib.concepts.loss import ClassLosses
from seglib.concepts.loss_options import LossOptions
from seglib.concepts.loss_weights import Kind
from seglib.ui import address, knobs, lesson, picker
from seglib.ui.loss import judged as judging
from seglib.ui.loss import maps, one_pixel, state, tables, tabs
from seglib.ui.loss.judged import Judged
from seglib.ui.numbers import sig3
from seglib.ui.roi import point

PREFIX = state.PREFIX
PARAMS = state.PARAMS
"""Everything that this page keeps in the address, besides the picture and the open tab."""

TITLES = {
    "weights": {
        "none": "none",
        "inverse": "inverse frequency",
        "median": "median frequency",
        "log": "inverse log (ENet)",
        "own": "your own",
    },
    "show": {
        "loss": "Loss",
        "weighted": "Weighted",
        "focal": "Focal",
        "truth": "Truth",
        "prediction": "Prediction",
    },
    "at": {"cells": "network cells", "pixels": "picture pixels"},
}


def render() -> None:
    """Draw the page."""
    lesson.render(
        "Labels and loss",
        "Training makes one number small: the mean over pixels of −log of the true class's "
        "probability.",
        _draw,
        params=PARAMS,
    )


def _draw() -> None:
    options = knobs.read(LossOptions, PREFIX)
    found = judging.read(picker.current(), at=options.at, rim=options.rim)
    if found is None:
        _no_truth()
        return
    plain = loss.by_class(found.losses, found.truth, np.ones(state.CLASSES))
    weights = _weights(options, plain)
    weighted = loss.by_class(found.losses, found.truth, weights)
    left, right = st.columns([2, 1], gap="medium")
    with left:
        _map(found, options, weights)
    with right:
        _controls(options, weights)
    _totals(found, options, plain, weighted)
    st.html(tables.classes(plain, weighted, found.label_set))
    one_pixel.show(found)
    tabs.show(found, options, plain, weighted)


def _no_truth() -> None:
    st.info(
        "A loss compares with the truth, and this picture has none. Generated streets have it, to "
        "the pixel.",
        icon=":material/info:",
    )
    if st.button("Show a generated street", type="primary", on_click=picker.choose_default):
        st.rerun()


def _weights(options: LossOptions, plain: ClassLosses) -> NDArray[np.float64]:
    if options.weights == "own":
        return state.own_weights()
    return loss_weights.class_weights(plain.pixels, cast("Kind", options.weights))


def _map(found: Judged, options: LossOptions, weights: NDArray[np.float64]) -> None:
    size = found.size
    at = state.pixel(size)
    point.show(
        "loss_map",
        maps.address(found, options.show, weights=weights, gamma=options.gamma),
        size=size,
        at=at,
        on_point=lambda x, y: state.put_pixel(x, y, size),
        title=maps.TITLES[options.show],
    )
    columns = st.columns(2, gap="small")
    for column, name, value, cells in zip(columns, ("x", "y"), at, size, strict=True):
        key = f"loss_slider_{name}"
        st.session_state[key] = value
        column.slider(f"Pixel {name}", 0, cells - 1, key=key, on_change=_slid, args=(size,))


def _slid(size: tuple[int, int]) -> None:
    x, y = (int(st.session_state[f"loss_slider_{name}"]) for name in ("x", "y"))
    state.put_pixel(x, y, size)


def _controls(options: LossOptions, weights: NDArray[np.float64]) -> None:
    one_pixel.presets(options)
    knobs.show(LossOptions, PREFIX, only=["show", "weights"], titles=TITLES)
    _own(weights)
    with st.expander("More"):
        knobs.show(LossOptions, PREFIX, only=["gamma", "rim", "at"], titles=TITLES)


def _own(weights: NDArray[np.float64]) -> None:
    from seglib.models import find

    names = find(judging.MODEL).labels.names
    st.session_state["loss_class"] = int(address.get(state.CLASS))
    chosen = st.selectbox(
        "Change the weight of",
        range(state.CLASSES),
        format_func=lambda place: names[place],
        key="loss_class",
        on_change=lambda: address.put(state.CLASS, str(st.session_state["loss_class"])),
    )
    # ENet's reach 50.5, median frequency's any height: what is out of range is shown at its end
    st.session_state["loss_weight"] = float(min(weights[chosen], state.MOST_WEIGHT))

    def changed() -> None:
        mine = weights.copy()
        mine[chosen] = float(st.session_state["loss_weight"])
        state.put_own(mine)

    st.number_input(
        f"Weight of {names[chosen]}",
        0.0,
        state.MOST_WEIGHT,
        step=0.5,
        key="loss_weight",
        on_change=changed,
        help="Changing it starts from the weights chosen above and makes them your own.",
    )


def _totals(found: Judged, options: LossOptions, plain: ClassLosses, weighted: ClassLosses) -> None:
    focal = loss.by_class(
        loss_focal.focal(found.losses, gamma=options.gamma),
        found.truth,
        np.ones(state.CLASSES),
    )
    dice = loss_focal.soft_dice(found.logits, found.truth) if options.at == "cells" else None
    present = plain.pixels > 0
    with st.grid(4, min_column_width=150, gap="small"):
        st.metric(
            "Mean loss", f"{sig3(plain.total)} nats", help="Mean over all pixels.", border=True
        )
        st.metric(
            "Weighted loss",
            f"{sig3(weighted.total)} nats",
            help="Σ w·loss / Σ w over all pixels, as PyTorch divides.",
            border=True,
        )
        st.metric(
            f"Focal loss, γ = {options.gamma:g}",
            f"{sig3(focal.total)} nats",
            help="Mean of (1 − p)^γ · loss.",
            border=True,
        )
        mean = float(dice[present].mean()) if dice is not None and present.any() else None
        st.metric(
            "Soft Dice loss",
            sig3(mean),
            help="One minus the overlap of probabilities and truth, mean of the classes that "
            "occur. Computed in the network's cells only.",
            border=True,
        )
