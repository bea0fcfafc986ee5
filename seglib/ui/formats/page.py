"""The page: a label file, its inside, its masks, its mistakes, and the way to other formats."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import streamlit as st

from seglib.errors import SeglibError
from seglib.ui import address, lesson, tries
from seglib.ui.address import Param
from seglib.ui.boundary import sentence
from seglib.ui.formats import (
    downloads,
    draw,
    draw_state,
    findings,
    how,
    inside,
    masks,
    panoptic,
    state,
)
from seglib.ui.formats.state import (
    FORMATS,
    IMAGE,
    KIND,
    LABEL_SETS,
    LABELS,
    LOOK,
    LOOKS,
    OUTLINE,
    OUTLINE_TITLES,
    ROW,
    SOURCE,
    SOURCES,
    STEP,
    TOLERANCE,
    VIEW,
    VIEWS,
    Opened,
    Subject,
)

__all__ = ["PARAMS", "render"]

PARAMS = (*state.PARAMS, *draw_state.PARAMS, *panoptic.PARAMS)
_MB = 40


def render() -> None:
    """Draw the page."""
    lesson.render(
        "Label formats",
        "A mask is stored as indices, as run lengths or as polygons; open a file and look inside.",
        _draw,
        params=PARAMS,
    )


def _draw() -> None:
    if address.get(VIEW) == "draw":
        _own(draw.stage, draw.controls, draw.downloads, draw.numbers)
    elif address.get(KIND) == "panoptic":
        _own(panoptic.stage, panoptic.controls, None, panoptic.table)
    else:
        _file()


def _own(
    stage: Callable[[], None],
    controls: Callable[[], None],
    files: Callable[[], None] | None,
    numbers: Callable[[], None],
) -> None:
    """Draw a view that has no file of a stranger in it."""
    left, right = st.columns([2, 1], gap="medium")
    drawing = address.get(VIEW) == "draw"
    with left:
        _views()
        try:
            stage()
        except SeglibError as error:
            st.error(sentence(error), icon=":material/error:")
        st.html('<i data-testid="fm-ready"></i>')
    with right:
        if not drawing:
            _pick(KIND, "Format", FORMATS)
        controls()
        if drawing and address.get(draw_state.FORM) == "polygons":
            _tolerance()
        if files is not None:
            files()
    _tabs(numbers)


def _tabs(numbers: Callable[[], None]) -> None:
    lesson.tabs(
        numbers=numbers,
        how=how.show,
        tries=lambda: tries.show(how.PAGE, how.IDEAS),
        code=how.code,
    )


def _views() -> None:
    known = VIEWS
    if address.get(KIND) == "panoptic":
        known = {name: VIEWS[name] for name in ("inside", "draw")}
        if address.get(VIEW) not in known:
            address.put(VIEW, "inside")
    _pick(VIEW, "Look at", known)


def _file() -> None:
    left, right = st.columns([2, 1], gap="medium")
    with st.spinner("Reading the file …"):
        now = state.opened()
    known = () if now is None else state.subjects(now)
    chosen = state.subject(known)
    with left:
        _views()
        if now is None:
            st.info("Upload a label file on the right.", icon=":material/upload_file:")
        else:
            _stage(now, chosen)
            findings.show(now.findings, good="Nothing is wrong with this file.")
        st.html('<i data-testid="fm-ready"></i>')
    with right:
        _controls(now, known)
        if now is not None:
            downloads.buttons(now)
    _tabs(lambda: _numbers(now, chosen))


def _stage(now: Opened, chosen: Subject | None) -> None:
    view = address.get(VIEW)
    image = state.image(now)
    if now.inside is None and image is None:
        st.warning(
            "Nothing in this file can be drawn; what is wrong with it is listed below.",
            icon=":material/visibility_off:",
        )
        return
    try:
        if view == "inside":
            if now.inside is not None:
                inside.voc_stage(now, now.inside)
            elif image is not None:
                inside.coco_stage(now, image, chosen)
        elif chosen is None:
            st.html('<p class="seg-note">This picture has no mask.</p>')
        elif view == "points":
            masks.points_stage(now, chosen)
        elif view == "runs":
            masks.runs_stage(chosen)
        else:
            masks.convert_stage(now, chosen)
    except SeglibError as error:
        # A polygon that is too long to draw, say: the rest of the page is still of use.
        st.error(sentence(error), icon=":material/error:")


def _numbers(now: Opened | None, chosen: Subject | None) -> None:
    if now is None:
        st.markdown("No file is open yet.")
        return
    image = state.image(now)
    if now.inside is not None:
        inside.voc_table(now, now.inside)
    elif now.file is not None and image is not None:
        st.html(
            '<p class="seg-caption" data-testid="fm-counts-file">Images: '
            f"{len(now.file.images):,}, "
            f"annotations: {len(now.file.annotations):,}, categories: "
            f"{len(now.file.categories):,}, bytes: {len(now.data):,}</p>"
        )
        inside.coco_links(now, now.file, image, chosen)
    if chosen is not None and address.get(VIEW) == "convert":
        with suppress(SeglibError):  # the stage says why
            masks.loss_curve(chosen)


def _pick(param: Param, label: str, options: dict[str, str], text: str = "") -> None:
    key = f"{param.name}_box"
    address.choose(param, label, options, key=key, help=text or None)


def _controls(now: Opened | None, known: tuple[Subject, ...]) -> None:
    _pick(KIND, "Format", FORMATS)
    _pick(
        SOURCE,
        "File",
        SOURCES,
        "Built in: the street chosen in the sidebar, written by our own writers.",
    )
    if address.get(SOURCE) == "upload":
        _upload()
    view = address.get(VIEW)
    if now is None:
        return
    if view == "inside" and now.kind == "voc":
        _pick(LOOK, "Show", LOOKS)
        return
    images = state.images(now)
    if len(images) > 1:
        _index(IMAGE, "Picture", [f"{image.id}: {image.file_name}" for image in images])
    if known:
        _index(ROW, "Annotation" if now.kind == "coco" else "Class", [s.title for s in known])
    traced = view == "points" and known and not (state.subject(known) or known[0]).polygons
    if view == "convert" or traced:
        _tolerance()
    if view == "convert":
        _pick(
            OUTLINE,
            "Outline",
            OUTLINE_TITLES,
            "Along the edges nothing is lost at tolerance 0. OpenCV's findContours goes through "
            "the centres of the border pixels, and most scripts write that.",
        )


def _index(param: Param, label: str, titles: list[str]) -> None:
    key = f"{param.name}_box"
    st.session_state[key] = min(int(address.get(param)), len(titles) - 1)

    def follow() -> None:
        address.put(param, str(st.session_state[key]))
        address.put(STEP, "0")
        if param is IMAGE:
            address.put(ROW, "0")

    st.selectbox(
        label, range(len(titles)), format_func=titles.__getitem__, key=key, on_change=follow
    )


def _tolerance() -> None:
    key = "fm_tolerance_box"
    st.session_state[key] = state.tolerance()
    st.slider(
        "Tolerance ε in pixels",
        0.0,
        8.0,
        step=0.1,
        key=key,
        on_change=lambda: address.put(TOLERANCE, str(round(10 * st.session_state[key]))),
        help="Douglas and Peucker: corners closer than this to the simpler outline are left out.",
    )


def _upload() -> None:
    voc = address.get(KIND) == "voc"
    st.file_uploader(
        "Label file",
        type=["png"] if voc else ["json"],
        key=f"fm_upload_{address.get(KIND)}",
        on_change=_uploaded,
        max_upload_size=_MB,
        help=f"At most {_MB} MB. It stays in this session and is never stored.",
    )
    st.file_uploader(
        "Its picture (optional)",
        type=["jpg", "jpeg", "png", "webp", "bmp", "tif", "tiff"],
        key="fm_upload_picture",
        on_change=_pictured,
        max_upload_size=_MB,
    )
    if voc:
        key = "fm_labels_box"
        follow = address.bound(LABELS, key)
        st.selectbox(
            "What the indices mean",
            list(LABEL_SETS),
            format_func=lambda name: LABEL_SETS[name].title,
            key=key,
            on_change=follow,
        )


def _uploaded() -> None:
    file = st.session_state.get(f"fm_upload_{address.get(KIND)}")
    if file is not None:
        state.take(file.getvalue(), file.name)
        for param in (IMAGE, ROW, STEP):
            address.put(param, "0")


def _pictured() -> None:
    file = st.session_state.get("fm_upload_picture")
    if file is None:
        st.session_state.pop("_fm_picture", None)
    else:
        state.take(file.getvalue(), file.name, picture=True)
