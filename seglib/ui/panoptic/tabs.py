"""The tabs: numbers and the table of segments, and the code."""

from __future__ import annotations

import streamlit as st

from seglib.labels import LabelSet
from seglib.models import find
from seglib.models.adapters import merging
from seglib.ui import frame
from seglib.ui.numbers import percent, pixels, sig3
from seglib.ui.panoptic import table
from seglib.ui.panoptic.shown import Shown
from seglib.ui.panoptic.work import MODEL, Work, sources
from seglib.ui.stage import StageState


def numbers(work: Work, shown: Shown, state: StageState) -> None:
    """Draw the counts, the quality where there is one, and the segments."""
    things = [segment for segment in work.panoptic.segments if segment.thing]
    stuff = len(work.panoptic.segments) - len(things)
    total = work.panoptic.segment_ids.size
    void = int((work.panoptic.segment_ids == 0).sum())
    with st.grid(4, min_column_width=140, gap="small"):
        st.metric("Things", str(len(things)), help="Segments of countable objects", border=True)
        st.metric("Stuff", str(stuff), help="Segments of all that is not countable", border=True)
        st.metric(
            "Pixels in things",
            percent(sum(segment.area for segment in things) / total),
            help="Share of the picture",
            border=True,
        )
        st.metric(
            "Void", percent(void / total), help=f"{pixels(void)} belong to no segment", border=True
        )
    _quality(work)
    table.show(work, shown, state)


def _quality(work: Work) -> None:
    found = work.quality
    if found is None:
        st.html(f'<p class="seg-note" data-testid="pan-why">{why_no_quality(work)}</p>')
        return
    with st.grid(5, min_column_width=110, gap="small"):
        st.metric("PQ", sig3(found.pq), help="Mean over all classes with a segment", border=True)
        st.metric("SQ", sig3(found.sq), help="Mean IoU of the matches", border=True)
        st.metric("RQ", sig3(found.rq), help="How many segments match: F1", border=True)
        st.metric("PQ, things", sig3(found.things.pq), help="Countable classes", border=True)
        st.metric("PQ, stuff", sig3(found.stuff.pq), help="All other classes", border=True)
    st.html(
        '<p class="seg-note">Panoptic quality against the exact truth of this street. The objects '
        "are the true ones, so what is lost is the network's: stuff, and pixels that the "
        "semantic map gives to a thing's class beside it. How a match is counted: page "
        "“Panoptic quality”.</p>"
    )


def why_no_quality(work: Work) -> str:
    """Say why there is no panoptic quality."""
    if work.source == "truth":
        return "This is the truth itself: its panoptic quality against itself is 1 by definition."
    truth = work.picture.scene.panoptic if work.picture.scene is not None else None
    own = work.panoptic.label_set
    if truth is None:
        return (
            "No panoptic quality: this picture has no ground truth. Generated pictures have it, "
            "to the pixel."
        )
    advice = ""
    if "mixed" in sources(work.picture):
        advice = " Choose “True objects” to compare like with like."
    return (
        f"No panoptic quality: the network answers in the classes of {own.title}, the truth of "
        f"this picture is in those of {truth.label_set.title}. A segment can only match one of "
        f"its own class, and {_shared(own, truth.label_set)}.{advice}"
    )


def _shared(one: LabelSet, two: LabelSet) -> str:
    both = [name for name in one.names if name in two.names]
    if not both:
        return "the two sets share none"
    verb = "is" if len(both) == 1 else "are"
    return f"of {len(one)} and {len(two)} only {', '.join(both)} {verb} in both"


def code() -> None:
    """Draw the same as a script, and what ran."""
    st.markdown("The same in a notebook or a script:")
    st.code(
        "from pathlib import Path\n\n"
        "from seglib import images, models\n"
        "from seglib.formats import coco_panoptic\n\n"
        f'result, _ = models.load("{MODEL}").segment(images.load("picture.jpg"))\n'
        "for segment in result.panoptic.segments:\n"
        "    print(segment.id, result.panoptic.label_set.label(segment.class_id).name, "
        "segment.area)\n"
        "png, data = coco_panoptic.write(result.panoptic)\n"
        'Path("picture.png").write_bytes(png)\n'
        'Path("picture.json").write_bytes(data)',
        language="python",
    )
    frame.show_code(
        merging.merge_steps,
        merging._share_rest,
        intro="What ran for this page, word for word:",
    )
    links = " · ".join(f"[{link.title}]({link.url})" for link in find(MODEL).links)
    st.markdown(f"The network stands on: {links}")
