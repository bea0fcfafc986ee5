"""The page: one layer of a running model, its maps in a grid, one of them enlarged."""

from __future__ import annotations

from html import escape

import streamlit as st

from seglib.ui import address, layers, lesson, tries
from seglib.ui.address import Param
from seglib.ui.inside import how, ideas, numbers, state, viewer
from seglib.ui.inside.state import (
    CHANNEL,
    GRID,
    LAYER,
    MODEL,
    OVERLAY,
    PARAMS,
    PRECISION,
    PRECISIONS,
    SCALE,
    SCALES,
    SORT,
    SORTS,
    State,
)
from seglib.ui.numbers import milliseconds

__all__ = ["PARAMS", "render"]


def render() -> None:
    """Draw the page."""
    lesson.render(
        "Look inside",
        "A network is a stack of maps; here is every one that it makes of this picture.",
        _draw,
        params=PARAMS,
    )


def _draw() -> None:
    left, right = st.columns([2, 1], gap="medium")
    now = state.read()
    with left:
        with st.container(key="inside_box"):
            viewer.show(now)
        _caption(now)
    with right:
        _controls(now)
    lesson.tabs(
        numbers=lambda: numbers.show(now),
        how=lambda: how.show(now),
        tries=lambda: tries.show(ideas.PAGE, ideas.IDEAS),
        code=lambda: how.code(now),
    )


def _caption(now: State) -> None:
    channels, high, wide = now.layer.layer.shape
    parts = [
        f"<b>{escape(now.layer.title)}</b>",
        escape(now.layer.what),
        f"{channels} channels × {high} × {wide}",
        f"channel {escape(now.names[now.channel])}",
        escape(now.held.precision),
        f"<span>{milliseconds(now.held.milliseconds)} up to here</span>",
        escape(now.picture.title),
    ]
    st.html(
        f'<p class="seg-caption" data-testid="inside-caption" data-channel="{now.channel}" '
        f'data-layer="{escape(now.layer.slug)}">{" · ".join(parts)}</p>'
    )


def _controls(now: State) -> None:
    from seglib.models import catalogue

    names = {card.name: card.title for card in catalogue() if card.installed}
    if len(names) > 1:
        _select(MODEL, "Model", list(names), names, fresh=True)
    _layer(now)
    address.choose(SORT, "Sort by", SORTS, help="Which maps come first in the grid.")
    address.choose(
        SCALE, "Colour scale", SCALES, help="Each map from its own least to its largest, or all."
    )
    _slider(OVERLAY, "Map over the picture, %", 0, 100, "0 shows the map alone.")
    with st.expander("More"):
        _channel(now)
        if now.grids > 1:
            _slider(GRID, f"Part of the grid, {now.grids} in all", 1, now.grids, "40 maps each.")
        address.choose(PRECISION, "Precision", PRECISIONS, help="Arithmetic of the network.")


def _layer(now: State) -> None:
    found = layers.listing(now.model)
    stages = list(dict.fromkeys(layer.stage for layer in found))
    key = "inside_stage"
    st.session_state[key] = now.layer.stage

    def staged() -> None:
        within = [layer for layer in found if layer.stage == st.session_state[key]]
        _go(next((layer for layer in within if layer.last), within[0]).slug)

    st.selectbox(
        "Stage",
        stages,
        key=key,
        on_change=staged,
        help="Parts of the network, with the width of their maps as a share of the picture's.",
    )
    within = {layer.slug: layer for layer in found if layer.stage == now.layer.stage}
    picked = "inside_layer_pick"
    st.session_state[picked] = now.layer.slug
    st.selectbox(
        f"Layer, {len(found)} in all",
        list(within),
        format_func=lambda slug: f"{within[slug].title} ({within[slug].shape_text})",
        key=picked,
        on_change=lambda: _go(st.session_state[picked]),
        help="In the order in which they run: channels × height × width.",
    )


def _go(slug: str) -> None:
    address.put(LAYER, slug)
    # Channels of one layer have nothing to do with those of another.
    address.put(CHANNEL, CHANNEL.default)
    address.put(GRID, GRID.default)


def _channel(now: State) -> None:
    count = len(now.order)
    if count < 2:
        return
    st.session_state["inside_channel_pick"] = now.channel
    st.number_input(
        f"Channel, 0 to {count - 1}",
        0,
        count - 1,
        key="inside_channel_pick",
        on_change=lambda: address.put(CHANNEL, str(st.session_state["inside_channel_pick"])),
        help="The map enlarged; a click on a small map does the same.",
    )


def _select(
    param: Param, label: str, options: list[str], titles: dict[str, str], *, fresh: bool
) -> None:
    follow = address.bound(param, param.name)

    def changed() -> None:
        follow()
        if fresh:
            _go(LAYER.default)

    st.selectbox(label, options, format_func=lambda v: titles[v], key=param.name, on_change=changed)


def _slider(param: Param, label: str, low: int, high: int, text: str) -> None:
    st.session_state[param.name] = max(low, min(int(address.get(param)), high))
    st.slider(
        label,
        low,
        high,
        key=param.name,
        on_change=lambda: address.put(param, str(st.session_state[param.name])),
        help=text,
    )
