"""The page: board and tiles above, sliders and tabs below. Nothing here computes."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from html import escape

import streamlit as st

from seglib.disturb import DisturbOptions
from seglib.ui import address, knobs, lesson
from seglib.ui.playground import board, downloads, measures, params, sources, tabs, tiles
from seglib.ui.playground.measures import Facts, JudgeOptions
from seglib.ui.playground.scenes import BY_KEY, SCENES, Scene
from seglib.ui.playground.state import Session, session
from seglib.ui.playground.table import BY_KEY as METRICS

PARAMS = params.PARAMS
_FIRST = ("dx", "dy", "erode", "dilate", "ragged", "speckle")
_MORE = ("holes", "merge", "split", "relabel", "drop", "invent", "rotate")


def render() -> None:
    """Draw the page."""
    params.adopted(st.session_state.get("_adopted", set()), set(st.query_params))
    lesson.render(
        "Metric playground",
        "Paint or spoil a prediction and see what each metric says.",
        _draw,
        params=PARAMS,
    )


def _draw() -> None:
    own = session()
    scene = params.scene()
    _chips()
    say = st.container()
    left, right = st.columns([7, 3], gap="medium")
    options = knobs.read(DisturbOptions, params.PREFIX)
    judge = knobs.read(JudgeOptions, params.PREFIX)
    seed = int(address.get(params.SEED))
    token, base, disturbed = sources.pair(scene, options, seed=seed)
    truth, prediction = own.maps(scene.key, token, base, disturbed, scene.label_set)
    focus, cell = params.focus(scene), params.cell(scene)
    found = measures.measure(truth, prediction, scene.label_set, focus, judge)
    own.remember((scene.key, focus, judge), found.digest, found.values)
    with say:
        st.html(
            f'{tiles.style()}<p class="pg-say" data-testid="say">{_say(scene, found, judge)}</p>'
        )
    with left:
        with st.container(key="pg_board"):
            _board(own, scene, found, cell)
        if own.problem:
            st.warning(own.problem, icon=":material/gpp_maybe:")
        _buttons(own, scene, found, cell)
    with right:
        _class(scene, found)
        tiles.show(found, own.history)
    _sliders()
    tabs.show(found, cell)


def _chips() -> None:
    follow = address.bound(params.SCENE, params.SCENE.name)

    def chosen() -> None:
        follow()
        params.start(address.get(params.SCENE))

    st.pills(
        "Situation",
        [scene.key for scene in SCENES],
        format_func=lambda key: BY_KEY[key].title,
        required=True,
        key=params.SCENE.name,
        on_change=chosen,
        label_visibility="collapsed",
    )


def _say(scene: Scene, found: Facts, judge: JudgeOptions) -> str:
    """Return the situation's sentence; it is about the start, and says so once that is past."""
    options = DisturbOptions(**dict(scene.options))  # type: ignore[arg-type]
    _, truth, prediction = sources.pair(scene, options, seed=0)
    start = measures.measure(truth, prediction, scene.label_set, scene.focus_id, JudgeOptions())
    changed = found.digest != start.digest or judge != start.judge
    return ("<i>At the start:</i> " if changed else "") + sentence(scene, start)


def sentence(scene: Scene, start: Facts) -> str:
    """Return the situation's sentence with its own numbers, as HTML."""

    def number(match: re.Match[str]) -> str:
        key, _, name = match.group(1).partition(":")
        facts = start
        if name:
            facts = measures.measure(
                start.truth,
                start.prediction,
                start.label_set,
                scene.label_set.id_of(name),
                start.judge,
            )
        return f"<b>{escape(METRICS[key].show(facts.values[key]))}</b>"

    return re.sub(r"\{([a-z0-9_]+(?::[a-z]+)?)\}", number, escape(scene.text))


def _board(own: Session, scene: Scene, found: Facts, cell: tuple[int, int] | None) -> None:
    focus = found.name
    value = found.values["iou"]
    said = "undefined" if math.isnan(value) else METRICS["iou"].show(value)
    moved = (*scene.moved_ids, scene.label_set.id_of(scene.backdrop), found.focus)
    board.show(
        board.pack(
            found.truth,
            found.prediction,
            found.ring_map(),
            nonce=own.nonce,
            label_set=scene.label_set,
            classes=tuple(sorted({*found.present, *moved, *(cell or ())})),
            focus=found.focus,
            cell=cell,
            backdrop=scene.label_set.id_of(scene.backdrop),
            radius=found.judge.radius,
            alt=f"{scene.title}: truth and prediction, IoU of {focus} {said}",
        )
    )


def _buttons(own: Session, scene: Scene, found: Facts, cell: tuple[int, int] | None) -> None:
    painted = own.painted()
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Clear the paint",
            icon=":material/ink_eraser:",
            on_click=own.clear,
            disabled=not painted,
            key="pg_clear",
            help="Takes off what was painted on either map. The sliders stay.",
        )
        st.button(
            "Show all pixels",
            icon=":material/select_all:",
            on_click=lambda: address.put(params.CELL, ""),
            disabled=cell is None,
            key="pg_unmark",
            help="Ends the marking of one cell of the confusion matrix.",
        )
        with st.popover("Files", icon=":material/download:", key="pg_files"):
            downloads.buttons(found, scene=scene.key)


def _sliders() -> None:
    st.markdown("**Disturb the prediction**")
    _grid(_FIRST)
    with st.expander("More"):
        _grid(_MORE)
        key = "pg_seed_box"
        st.session_state[key] = int(address.get(params.SEED))
        places = st.columns(3, gap="medium")
        with places[0]:
            st.number_input(
                "Seed",
                0,
                9999,
                key=key,
                on_change=lambda: address.put(params.SEED, str(int(st.session_state[key]))),
                help="Where chance decides, another seed decides otherwise.",
            )
        for place, name in zip(places[1:], ("radius", "tolerance"), strict=True):
            with place:
                knobs.show(JudgeOptions, params.PREFIX, only=[name])


def _grid(names: Sequence[str]) -> None:
    # Row by row, so that the order is the same in the one column of a phone.
    for start in range(0, len(names), 3):
        for place, name in zip(st.columns(3, gap="medium"), names[start : start + 3], strict=False):
            with place:
                knobs.show(DisturbOptions, params.PREFIX, only=[name])


def _class(scene: Scene, found: Facts) -> None:
    names = [
        scene.label_set.label(i).name
        for i in sorted({*found.present, *scene.moved_ids, found.focus})
    ]
    key = params.CLASS.name
    st.session_state[key] = found.name

    def follow() -> None:
        name = st.session_state[key]
        address.put(params.CLASS, "" if name == scene.focus else name)

    st.selectbox(
        "Class that is judged",
        names,
        key=key,
        on_change=follow,
        help="Pixel accuracy, mean IoU and FW IoU judge all classes together.",
    )
