"""The home page: what this is, one live picture, the way to everything else."""

from __future__ import annotations

import streamlit as st

from seglib.ui import boundary, caches, caption, frame, navigation, picker, stage
from seglib.ui.numbers import megabytes, sig3
from seglib.ui.semantic import ideas
from seglib.ui.semantic.page import MODEL

_DATASETS = {"camvid": "CamVid", "voc": "Pascal VOC", "coco": "COCO"}


def render() -> None:
    """Draw the page."""
    frame.header(
        "Segmentation, live",
        "Every pixel gets a name, computed while you watch, on this machine.",
    )
    _live()
    _ways()


@st.fragment
def _live() -> None:
    with boundary.boundary():
        picture = picker.current()
        view = caches.semantic(
            picture.image.digest, MODEL, None, "logits", caches.source_of(picture), picture
        )
        session = stage.session("home", stage.StageState(view="swipe", opacity=70))
        left, right = st.columns([2, 1], gap="large")
        with left:
            with st.container(key="stage_box"):
                stage.show(session, view.packed)
            caption.show(MODEL, None, view.times, picture=picture)
        with right:
            st.markdown(
                "A small network that we trained has just segmented this picture. Drag the line, "
                "point at a pixel, choose a class. Then take another picture from the sidebar, "
                "or your own: it stays in this session."
            )
            stage.controls(session, view.packed, items=("view", "show", "opacity"))
            if st.button(
                "Open semantic segmentation",
                type="primary",
                icon=":material/arrow_forward:",
                icon_position="right",
                key="open_semantic",
            ):
                st.switch_page(ideas.PAGE)
            st.html(f'<p class="seg-note" data-testid="model-line">{_model_line()}</p>')


def _ways() -> None:
    st.markdown("### Start with a question")
    ideas.show()
    sections: dict[str, list[navigation.Entry]] = {}
    for entry in navigation.PAGES:
        if entry.section:
            sections.setdefault(entry.section, []).append(entry)
    for section, entries in sections.items():
        st.markdown(f"### {section}")
        with st.grid(4, min_column_width=230, gap="small"):
            for entry in entries:
                with st.container(border=True, height="stretch"):
                    st.page_link(
                        entry.file, label=f"**{entry.title}**", icon=f":material/{entry.icon}:"
                    )
                    st.markdown(entry.about)


def _model_line() -> str:
    card = caches.segmenter(MODEL).card
    measured = card.measured
    parts = [f"The model <b>{card.name}</b>: {len(card.labels)} classes"]
    if measured.parameters:
        parts.append(f"{sig3(measured.parameters / 1e6)} million parameters")
    if card.size_bytes:
        parts.append(megabytes(card.size_bytes))
    if measured.gflops:
        parts.append(f"{sig3(measured.gflops)} GFLOPs a picture")
    for judged in measured.evaluations:
        if judged.mean_iou is not None:
            name = _DATASETS.get(judged.dataset, judged.dataset)
            parts.append(
                f"mean IoU {sig3(judged.mean_iou)} on {judged.images} {name} {judged.split} "
                "pictures"
            )
            break
    return ", ".join(parts) + "."
