"""The controls: clip, model, view; start and cancel; everything else under More."""

from __future__ import annotations

from html import escape

import streamlit as st

from seglib.ui import address, knobs
from seglib.ui.numbers import sig3
from seglib.ui.samples import MAX_SEED
from seglib.ui.video import state
from seglib.ui.video.state import FRAMES, LONGEST, LONGEST_SIDE, MODEL, ONLY, SEED, SOURCE, Run
from seglib.video.background import BackgroundOptions
from seglib.video.draw import DrawOptions
from seglib.video.smoothing import SmoothOptions
from seglib.video.tracker import TrackOptions

_KINDS = ("mp4", "webm", "mov", "gif", "avi", "mkv")
_MB = state.LIMITS.max_bytes // 2**20
_TITLES = {
    "view": {"overlay": "Overlay", "mask": "Mask", "side": "Side by side"},
    "colour": {"object": "An object", "class": "A class"},
    "ground": {
        "dim": "Its own ground, dark",
        "blur": "Its own ground, out of focus",
        "white": "White",
        "black": "Black",
        "green": "Green",
    },
    "method": {"knn": "Nearest colours", "mog2": "Gaussians"},
}


def choose() -> None:
    """Draw what to work on, with what, and how it looks."""
    key = "vi_source_box"
    address.choose(
        SOURCE,
        "Clip",
        state.SOURCES,
        key=key,
        help="Generated clips know the exact truth of each frame. In the street the camera "
        "drives; above the shapes it stands still.",
    )
    if address.get(SOURCE) == "upload":
        _uploader()
    else:
        left, right = st.columns(2, gap="small")
        with left:
            st.session_state["vi_seed_box"] = int(address.get(SEED))
            st.number_input(
                "Seed",
                0,
                MAX_SEED,
                key="vi_seed_box",
                on_change=lambda: address.put(SEED, str(st.session_state["vi_seed_box"])),
                help="Every seed is another world.",
            )
        with right:
            st.session_state["vi_frames_box"] = int(address.get(FRAMES))
            st.slider(
                "Frames",
                2,
                state.MOST_FRAMES,
                key="vi_frames_box",
                on_change=lambda: address.put(FRAMES, str(st.session_state["vi_frames_box"])),
                help=f"{state.RATE} a second.",
            )
    titles = state.models()
    if address.get(SOURCE) == "upload":
        titles = {name: title for name, title in titles.items() if name != state.TRUTH_MODEL}
    st.session_state["vi_model_box"] = state.model()
    st.selectbox(
        "Model",
        list(titles),
        format_func=titles.__getitem__,
        key="vi_model_box",
        on_change=lambda: address.put(MODEL, st.session_state["vi_model_box"]),
        help="A network, or a memory of what each pixel showed (for a camera that stands still), "
        "or the truth itself, to look at tracking alone.",
    )
    own = "ground" if state.task() == "matte" else "opacity"
    knobs.show(DrawOptions, "vi", only=["view", own], titles=_TITLES)


def _uploader() -> None:
    st.file_uploader(
        "Your clip",
        type=list(_KINDS),
        key="vi_file",
        on_change=_uploaded,
        max_upload_size=_MB,
        help="It is read in memory, stays in this session, and is never stored.",
    )
    limits = state.LIMITS
    st.html(
        f'<p class="seg-note" data-testid="vi-limits">MP4, WebM, MOV or GIF; at most {_MB} MB, '
        f"{limits.max_seconds:.0f} s, {limits.max_frames:,} frames and "
        f"{sig3(limits.max_pixels / 1e6)} million pixels a frame. The sound is left out.</p>"
    )
    own = state.upload()
    if own is not None:
        info = own.reader.info
        length = "length unknown" if info.frames is None else f"{info.frames:,} frames"
        st.html(
            f'<p class="seg-note" data-testid="vi-own"><b>{escape(own.name)}</b>: '
            f"{info.size[0]} × {info.size[1]} px, {length}, {sig3(float(info.rate))} a second, "
            f"{escape(info.codec)}</p>"
        )


def _uploaded() -> None:
    file = st.session_state.get("vi_file")
    if file is not None:
        state.take(file.getvalue(), file.name)


def buttons(now: Run | None, *, possible: bool) -> None:
    """Draw start and cancel: always both, so that nothing jumps."""

    def go() -> None:
        # The work itself begins in the page's body: what fails there is one sentence.
        st.session_state["_vi_go"] = True

    running = now is not None and not now.job.finished
    with st.container(horizontal=True, gap="small", key="vi_buttons"):
        st.button(
            "Start",
            on_click=go,
            key="vi_start",
            type="primary",
            icon=":material/play_arrow:",
            disabled=running or not possible,
        )
        st.button(
            "Cancel",
            on_click=state.cancel,
            key="vi_cancel",
            icon=":material/stop:",
            disabled=not running,
            help="What is done so far becomes a shorter clip.",
        )
        if now is not None and now.job.data is not None:
            st.download_button(
                "MP4",
                data=now.job.data,
                file_name="segmented.mp4",
                mime="video/mp4",
                icon=":material/download:",
                on_click="ignore",
                key="vi_download",
                help="H.264, plays in every browser; the same frame rate and moments as the clip.",
            )


def more() -> None:
    """Draw the other settings."""
    with st.expander("More"):
        matte = state.task() == "matte"
        names = ["opacity"] if matte else ["contour", "numbers", "colour"]
        dark = knobs.read(DrawOptions, "vi").ground == "dim"
        knobs.show(
            DrawOptions,
            "vi",
            only=names,
            titles=_TITLES,
            disabled=["opacity"] if matte and not dark else [],
        )
        known = state.labels()
        if known is not None:
            chosen = state.only() or ()
            st.session_state["vi_only_box"] = [known.label(i).name for i in chosen]
            st.multiselect(
                "Show only",
                list(known.names),
                key="vi_only_box",
                on_change=lambda: address.put(ONLY, ",".join(st.session_state["vi_only_box"])),
                help="These classes; everything else becomes a dim grey picture.",
            )
        if address.get(SOURCE) == "upload":
            key = "vi_longest_box"
            address.choose(
                LONGEST_SIDE,
                "Longest side",
                LONGEST,
                key=key,
                help="Larger frames are scaled down before anything else.",
            )
        if matte:
            st.markdown("**Steady matte**")
            knobs.show(SmoothOptions, "vis")
        elif state.task() != "semantic":
            st.markdown("**Tracking**")
            knobs.show(TrackOptions, "vit")
        if state.model() == state.MOTION_MODEL:
            st.markdown("**Background subtraction**")
            knobs.show(BackgroundOptions, "vib", titles=_TITLES)
