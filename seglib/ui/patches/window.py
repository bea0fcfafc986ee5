"""The first view: one window by hand, the whole picture in one pass, and a race between the two."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.concepts import patches_graph
from seglib.concepts.patches import WindowOptions, probability
from seglib.ui import address, knobs
from seglib.ui.figures import feature
from seglib.ui.figures.plate import ORANGE, Dot, Mark
from seglib.ui.numbers import milliseconds, sig3
from seglib.ui.patches import state, uris
from seglib.ui.patches.state import PREFIX, SHOW, SOURCE, Race, Scene

_TINT = np.array((230, 159, 0), np.float32)


def show(scene: Scene) -> None:
    """Draw picture, heat map, window and what both ways say about its middle."""
    options = knobs.read(WindowOptions, PREFIX)
    net = state.network()
    answer = state.answer(scene)
    x, y = state.centre(scene, options)
    half = net.window // 2
    dot = Dot((x + 0.5, y + 0.5), ORANGE, 2.2, f"pixel ({x}, {y})")
    box = Mark((x - half, y - half, net.window, net.window), ORANGE, label="the window")
    title = "One pass: probability of membrane"
    if address.get(SHOW) != "heat":
        title = f"One pass: membrane where p ≥ {options.threshold:g}"
    size = (scene.pixels.shape[1], scene.pixels.shape[0])
    patch = state.patch_at(scene, x, y)
    both = uris.markup(
        _picture(scene.key, scene),
        size,
        title=scene.title,
        marks=(box, dot),
        key="patches-picture",
    ) + uris.markup(_map(scene, options), size, title=title, marks=(dot,), key="patches-heat")
    st.html(
        '<div class="seg-maps" style="grid-template-columns:'
        f'repeat(auto-fit,minmax(min(290px,100%),1fr))">{both}</div>'
    )
    logits = patches_graph.windows(net, patches_graph.scaled(patch)[None])[0]
    alone = float(probability(logits))
    there = float(answer.probability[y, x])
    left, right = st.columns([1, 3], vertical_alignment="center")
    left.html(
        uris.markup(
            feature.data_uri(patch),
            (net.window, net.window),
            title=f"The window, {net.window} × {net.window}",
            marks=(Dot((half + 0.5, half + 0.5), ORANGE, 1.1),),
            width=150,
            key="patches-window",
        )
    )
    with right, st.grid(3, min_column_width=130, gap="small"):
        st.metric("Window", sig3(alone), help="Probability of membrane", border=True)
        st.metric("One pass", sig3(there), help="The same pixel of the map", border=True)
        st.metric("Difference", _small(abs(alone - there)), border=True)
    st.html(
        f'<p class="seg-caption" data-testid="patches-caption"><b>{scene.title}</b> · '
        f"{scene.pixels.shape[1]} × {scene.pixels.shape[0]} px · one pass "
        f"{milliseconds(answer.milliseconds)} · f32 · {scene.note}</p>"
    )


@st.cache_resource(max_entries=12, ttl="20m", show_spinner=False)
def _picture(key: str, _scene: Scene) -> str:
    return uris.photo(_scene.pixels, 90)


@st.cache_resource(max_entries=24, ttl="20m", show_spinner=False)
def _drawn(key: str, digest: str, threshold: float | None, _scene: Scene) -> str:
    found = state.answer(_scene).probability
    if threshold is None:
        return uris.share(found)
    return feature.data_uri(decision(_scene, found, threshold))


def _map(scene: Scene, options: WindowOptions) -> str:
    """Return the map as a picture's address; made once for each threshold."""
    threshold = None if address.get(SHOW) == "heat" else options.threshold
    return _drawn(scene.key, state.network().digest, threshold, scene)


def decision(scene: Scene, found: NDArray[np.float32], threshold: float) -> NDArray[np.uint8]:
    """Tint membranes; against the truth, green is found, orange wrongly claimed, purple missed."""
    from seglib.render import FALSE_NEGATIVE, FALSE_POSITIVE, TRUE_POSITIVE

    claimed = found >= threshold
    base = np.repeat(scene.pixels[:, :, None], 3, axis=2).astype(np.float32)
    if scene.truth is None:
        base[claimed] = 0.35 * base[claimed] + 0.65 * _TINT
    else:
        for mask, color in (
            (claimed & scene.truth, TRUE_POSITIVE),
            (claimed & ~scene.truth, FALSE_POSITIVE),
            (~claimed & scene.truth, FALSE_NEGATIVE),
        ):
            base[mask] = 0.25 * base[mask] + 0.75 * np.array(color, np.float32)
    return np.rint(base).astype(np.uint8)


def controls(scene: Scene) -> None:
    """Draw what can be set: the picture, the window's place, what is shown, the race."""
    address.choose(SOURCE, "Picture", state.SOURCES)
    knobs.show(WindowOptions, PREFIX, only=["across", "down"])
    address.choose(SHOW, "Map", state.SHOWS)
    options = knobs.read(WindowOptions, PREFIX)
    x, y = state.centre(scene, options)
    if st.button(
        "Race: slide over a crop",
        icon=":material/timer:",
        key="patches_race",
        width="stretch",
        help=f"{state.RACE_SIDE} × {state.RACE_SIDE} windows around the point, in batches, against "
        "one pass over the same crop.",
    ):
        place = st.empty()
        bar = place.progress(0.0, "Sliding")
        st.session_state["_patches_race"] = state.race(
            scene,
            x,
            y,
            lambda done, all_: bar.progress(done / all_, f"Window {done:,} of {all_:,}"),
        )
        place.empty()
    result(last(scene))
    with st.expander("More"):
        knobs.show(
            WindowOptions,
            PREFIX,
            only=["threshold", "seed"],
            disabled=[] if address.get(SOURCE) == "generated" else ["seed"],
        )


def last(scene: Scene) -> Race | None:
    """Return the last race on this picture."""
    found = st.session_state.get("_patches_race")
    return found if isinstance(found, Race) and found.key == scene.key else None


def result(race: Race | None) -> None:
    """Say who won, by how much, and that both gave the same."""
    if race is None:
        return
    st.metric(
        "One pass is faster",
        f"{sig3(race.ratio)} ×",
        help="Milliseconds of sliding over milliseconds of the pass, network alone, this machine.",
        border=True,
    )
    st.html(
        f'<p class="seg-caption" data-testid="patches-race">{race.windows:,} windows: '
        f"<b>{milliseconds(race.sliding_ms)}</b> · one pass: <b>{milliseconds(race.once_ms)}</b> · "
        f"largest difference of a logit <b>{_small(race.difference)}</b></p>"
    )


def _small(difference: float) -> str:
    return f"{difference:.1e}" if difference else "0"
