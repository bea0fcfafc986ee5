"""The controls: model, pictures, start and cancel, downloads."""

from __future__ import annotations

import streamlit as st

from seglib.evaluate import Judged
from seglib.evaluate.summary import classes_csv, pictures_csv, to_json
from seglib.models import CARDS
from seglib.ui import address
from seglib.ui.downloads import File, download_row
from seglib.ui.evaluate import state
from seglib.ui.evaluate.state import COUNT, LAYOUT, MODEL, MOST_GENERATED, SOURCE, SOURCES, Run

_UPLOAD_MB = 40


def choose() -> None:
    """Draw what to judge, and on what."""
    names = state.judgeable()
    titles = {card.name: card.title for card in CARDS}
    key = "ev_model_box"
    follow = address.bound(MODEL, key)
    st.selectbox(
        "Model",
        names,
        format_func=lambda name: f"{name}: {titles[name]}",
        key=key,
        on_change=follow,
        help="Models that answer a class for every pixel.",
    )
    sources = {k: v for k, v in SOURCES.items() if k != "folder" or state.folders_allowed()}
    address.choose(
        SOURCE,
        "Pictures and labels",
        sources,
        now=state.source(),
        key="ev_source_box",
        help="Where they come from.",
    )
    layouts = state.layouts(address.get(MODEL))
    if state.source() == "generated":
        layouts = {name: title for name, title in layouts.items() if name != "voc"}
    address.choose(
        LAYOUT,
        "Layout",
        layouts,
        now=state.layout(),
        key="ev_layout_box",
        help="CamVid style and VOC: NAME.jpg and NAME.png of class ids, 255 is void. COCO: "
        "pictures and one JSON; categories are found by name, pixels without an annotation are not "
        "judged.",
    )
    _where()


def _where() -> None:
    chosen = state.source()
    if chosen == "generated":
        st.session_state["ev_count_box"] = int(address.get(COUNT))
        st.slider(
            "Streets",
            1,
            MOST_GENERATED,
            key="ev_count_box",
            on_change=lambda: address.put(COUNT, str(st.session_state["ev_count_box"])),
            help="Seeds 101 and up, 480 × 360 pixels, with exact truth.",
        )
    elif chosen == "zip":
        st.file_uploader(
            "ZIP of pictures and labels",
            type=["zip"],
            key="ev_upload",
            on_change=_uploaded,
            max_upload_size=_UPLOAD_MB,
            help=f"At most {_UPLOAD_MB} MB packed, 400 MB unpacked, 5,000 files. It is read in "
            "memory, stays in this session, and nothing of it is written to disk.",
        )
    else:
        st.text_input(
            "Folder on this machine",
            key="ev_folder_box",
            value=st.session_state.get("_ev_folder", ""),
            on_change=_named,
            help="Offered because the owner of this server set SEGLIB_LOCAL_FOLDERS=1.",
        )


def _uploaded() -> None:
    file = st.session_state.get("ev_upload")
    if file is not None:
        state.take(file.getvalue(), file.name)


def _named() -> None:
    st.session_state["_ev_folder"] = str(st.session_state.get("ev_folder_box", ""))


def buttons(now: Run | None) -> None:
    """Draw start, resume, cancel and begin again."""

    def go() -> None:
        if now is not None:
            now.running = True

    def stop() -> None:
        if now is not None:
            now.running = False

    def anew() -> None:
        st.session_state.pop("_ev_run", None)
        st.session_state.pop("_ev_done", None)

    running = now is not None and now.running
    some = now is not None and bool(now.results)
    # Always the same three: nothing jumps while a run starts and ends.
    with st.container(horizontal=True, gap="small", key="ev_buttons"):
        st.button(
            "Resume" if some and now is not None and not now.finished else "Start",
            on_click=go,
            key="ev_start",
            type="primary",
            icon=":material/play_arrow:",
            disabled=now is None or running or now.finished,
        )
        st.button(
            "Cancel", on_click=stop, key="ev_cancel", icon=":material/stop:", disabled=not running
        )
        st.button(
            "Forget",
            on_click=anew,
            key="ev_forget",
            icon=":material/delete:",
            disabled=running or not some,
            help="Results are kept by the content of picture and labels: the same files again "
            "need no second run. This forgets them.",
        )


def downloads(found: Judged, model: str) -> None:
    """Draw the download buttons."""
    download_row(
        (
            File(
                "Classes",
                "classes.csv",
                lambda: classes_csv(found.summary),
                "A row a class, CSV.",
            ),
            File(
                "Pictures",
                "pictures.csv",
                lambda: pictures_csv(found.summary),
                "A row a picture, CSV.",
            ),
            File(
                "Report",
                "evaluation.json",
                lambda: to_json({"model": model, **found.as_dict()}),
                "Every number, JSON: what `python -m seglib evaluate --json` writes.",
            ),
        ),
        "ev_download",
    )
