"""The controls beside the picture, and the shapes typed as numbers below it."""

from __future__ import annotations

import streamlit as st

from seglib.annotate.morphology import OPERATIONS
from seglib.annotate.threshold import CHANNELS
from seglib.errors import SeglibError
from seglib.ui import address, knobs
from seglib.ui.annotate import act, coordinates, state
from seglib.ui.annotate.state import State
from seglib.ui.annotate.tools import BY_NAME, PAD_TOOL, Tool
from seglib.ui.boundary import sentence


def _follow(param: address.Param, widget: str) -> None:
    address.put(param, st.session_state[widget])


def show(now: State) -> None:
    """Draw the controls."""
    _tool()
    _class(now)
    address.choose(
        state.MODE,
        "A new mask",
        state.MODE_TITLES,
        key="ann_mode_widget",
        help="Paint over everything, only where nothing is annotated yet, or make it empty again.",
    )
    if now.tool.family == "marks":
        _side(now)
    if now.tool.options is not None:
        knobs.show(
            now.tool.options,
            now.tool.prefix,
            only=_shown(now),
            disabled=_disabled(now),
            titles=TITLES.get(now.tool.name),
        )
    with st.expander("More"):
        _more(now)


def _tool() -> None:
    key = "ann_tool_widget"
    st.session_state[key] = address.get(state.TOOL)
    st.selectbox(
        "Tool",
        list(BY_NAME),
        format_func=lambda name: f"{BY_NAME[name].group}: {BY_NAME[name].title}",
        key=key,
        on_change=lambda: state.set_tool(st.session_state[key]),
        help="Draw a shape, click what looks alike, mark both sides, or treat the whole picture.",
    )


def _class(now: State) -> None:
    key = "ann_class_widget"
    names = [label.name for label in now.label_set]
    st.session_state[key] = now.label.name
    st.selectbox(
        "Class",
        names,
        key=key,
        on_change=lambda: _follow(state.CLASS, key),
        help=f"{now.label_set.title}. The class decides the id in the map; under More are others.",
    )


def _side(now: State) -> None:
    sides = list(state.SIDES) if now.tool.name == "grabcut" else ["object", "rest"]
    address.choose(
        state.SIDE,
        "A new mark says",
        {side: state.SIDES[side] for side in sides},
        now=now.side,
        key="ann_side_widget",
        help="Green marks are on the object, orange ones beside it.",
    )


TITLES: dict[str, dict[str, dict[str, str]]] = {
    "threshold": {
        "method": {"manual": "Manual", "otsu": "Otsu", "adaptive": "Adaptive"},
        "channel": {name: name.capitalize() for name in CHANNELS},
    },
    "morphology": {"operation": {name: name.capitalize() for name in OPERATIONS}},
}


def _shown(now: State) -> tuple[str, ...] | None:
    """Options that mean something with the threshold's method as it is."""
    if now.tool.name != "threshold":
        return None
    own = {"manual": ("value",), "otsu": (), "adaptive": ("side", "offset")}[now.options.method]
    return ("method", "channel", *own, "dark")


def _disabled(now: State) -> tuple[str, ...]:
    if now.tool.name == "morphology" and now.options.operation in ("fill", "largest"):
        return ("radius",)
    return ()


def toolbar(now: State, found: act.Proposal | None) -> None:
    """Draw what is needed after every stroke, right under the picture."""
    history, work = now.work.editor.history, now.work
    pending = bool(work.marks.get(now.tool.name))
    with st.container(horizontal=True, gap="small"):
        if found is not None:
            _accept(now, found)
        st.button(
            "Undo",
            icon=":material/undo:",
            key="ann_undo",
            disabled=not (history.can_undo or pending),
            on_click=lambda: work.undo(now.tool.name, now.label.id),
            help="Take the last mark or change back (Ctrl+Z on the picture).",
        )
        st.button(
            "Redo",
            icon=":material/redo:",
            key="ann_redo",
            disabled=not history.can_redo,
            on_click=lambda: work.redo(now.label.id),
            help="Do it again (Ctrl+Y).",
        )
        st.button(
            "Clear",
            icon=":material/delete_sweep:",
            key="ann_clear",
            on_click=lambda: work.clear(now.label.id),
            help="Empty the map and drop all marks; the map can be brought back.",
        )
        st.button(
            "Example",
            icon=":material/magic_button:",
            key="ann_example",
            on_click=act.show_example,
            args=(now,),
            help="Make the marks of a careful visitor on the largest object of this class.",
        )
        if now.tool.family == "marks":
            st.button(
                "Drop marks",
                icon=":material/close:",
                key="ann_discard",
                disabled=not work.marks.get(now.tool.name),
                on_click=act.discard,
                args=(now,),
            )


def _more(now: State) -> None:
    for param, titles, label, text in (
        (
            state.SOURCE,
            state.SOURCES,
            "Picture",
            "The sidebar's picture, or simple shapes with exact ground truth.",
        ),
        (state.SET, state.SETS, "Label set", "What the ids of the map mean."),
    ):
        key = f"{param.name}_widget"
        st.session_state[key] = address.get(param)
        st.selectbox(
            label,
            list(titles),
            format_func=titles.__getitem__,
            key=key,
            on_change=_follow,
            args=(param, key),
            help=text,
        )
    if address.get(state.SOURCE) == "shapes":
        st.session_state["ann_shapes_widget"] = int(address.get(state.SEED))
        st.number_input(
            "Seed of the shapes",
            0,
            state.MAX_SEED,
            key="ann_shapes_widget",
            on_change=lambda: address.put(
                state.SEED, str(int(st.session_state["ann_shapes_widget"]))
            ),
        )
    if address.get(state.SET) == "own":
        st.session_state["ann_names_widget"] = address.get(state.NAMES)
        st.text_input(
            "Your classes",
            key="ann_names_widget",
            max_chars=300,
            on_change=_own_names,
            help="Names with commas between them, at most 20; class 0 is the background.",
        )
    st.session_state["ann_opacity_widget"] = int(address.get(state.OPACITY))
    st.slider(
        "Opacity of the map",
        0,
        100,
        step=5,
        format="%d %%",
        key="ann_opacity_widget",
        on_change=lambda: address.put(
            state.OPACITY, str(int(st.session_state["ann_opacity_widget"]))
        ),
    )
    st.session_state["ann_truth_widget"] = address.get(state.TRUTH) == "1"
    st.toggle(
        "Outline of the truth",
        key="ann_truth_widget",
        disabled=now.subject.truth is None,
        on_change=lambda: address.put(
            state.TRUTH, "1" if st.session_state["ann_truth_widget"] else "0"
        ),
        help="Where the class truly is, as a white line over black; generated pictures only.",
    )
    st.button(
        "Restart the clock",
        icon=":material/timer:",
        key="ann_clock",
        on_click=lambda: now.work.restart_clock(now.label.id),
        help="The clock of this class starts anew.",
    )


def _own_names() -> None:
    text = st.session_state["ann_names_widget"]
    if state.NAMES.valid(text):
        address.put(state.NAMES, text)


def _accept(now: State, found: act.Proposal) -> None:
    st.button(
        "Accept",
        type="primary",
        icon=":material/check:",
        key="ann_accept",
        disabled=found.mask is None,
        on_click=act.accept,
        args=(now,),
        help="Paint the proposal into the map under the chosen class.",
    )


def kind_of(now: State) -> str:
    """What the pointer, or the text, means with this tool."""
    if now.tool.family == "marks":
        return "box" if now.side == "box" else "brush"
    return PAD_TOOL.get(now.tool.name, "click")


def typed(now: State) -> None:
    """Draw the inputs that do without a mouse."""
    kind = kind_of(now)
    if kind == "none":
        st.html('<p class="seg-note">This tool needs no shape: set its options, then accept.</p>')
        return
    width, height = now.subject.size
    if kind == "click":
        x = st.slider("x", 0, width - 1, width // 2, key="ann_x") if width > 1 else 0
        y = st.slider("y", 0, height - 1, height // 2, key="ann_y") if height > 1 else 0
        st.button(
            "Click there",
            icon=":material/ads_click:",
            key="ann_click",
            on_click=_use,
            args=(now, now.tool, f"{x + 0.5},{y + 0.5}", kind),
        )
    with st.form("ann_form", border=False):
        st.text_area(
            "Points",
            key="ann_points",
            placeholder=coordinates.EXAMPLES[kind],
            max_chars=coordinates.MAX_TEXT,
            height=68,
            help=f"{coordinates.HELP[kind]} Pixels of the map, {width} × {height}; (0, 0) is its "
            f"upper left corner. Such as: {coordinates.EXAMPLES[kind]}",
        )
        st.form_submit_button(
            "Draw it",
            icon=":material/edit:",
            key="ann_draw",
            on_click=lambda: _use(now, now.tool, st.session_state["ann_points"], kind),
        )


def _use(now: State, tool: Tool, text: str, kind: str) -> None:
    radius = float(now.options.radius) if tool.name == "brush" else mark_radius(now)
    try:
        strokes = coordinates.parse(text, kind, radius=radius)
    except SeglibError as error:
        now.work.problem = sentence(error)
        return
    act.draw(now, tool, strokes)


def mark_radius(now: State) -> float:
    """Radius of a mark: fine enough for small objects, easy to see."""
    return max(1.5, round(max(now.subject.size) / 160, 1))
