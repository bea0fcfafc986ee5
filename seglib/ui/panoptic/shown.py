"""Segments as the stage draws them: each is a class of its own there."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from seglib.labels import Color, Label, LabelSet
from seglib.render import (
    SegmentColorBy,
    segment_anchor,
    segment_colors,
    segment_names,
    segment_ranks,
)
from seglib.results import Segment, SemanticMap
from seglib.ui.numbers import pixels, sig3
from seglib.ui.pack import Packed, display_size, pack
from seglib.ui.panoptic.work import Work

MOST = 254
"""Segments that the stage tells apart: a byte a pixel, less void and the rest."""

_REST: Color = (160, 160, 160)
_WORDS = {
    "one": "segment",
    "many": "segments",
    "read": "its segment",
    "title": "Segments",
}


@dataclass(frozen=True, eq=False)
class Shown:
    """A panoptic map for the stage.

    Parameters
    ----------
    packed : Packed
        Without the names on the picture; :meth:`with_names` adds them.
    label_set : LabelSet
        A "class" for each segment: its place in ``segments``, from 1.
    segments : tuple of Segment
        Things first, then stuff, each by falling area.
    names : mapping
        By segment id.
    colors : mapping
        By segment id.
    pack_ms : float
    """

    packed: Packed
    label_set: LabelSet
    segments: tuple[Segment, ...]
    names: dict[int, str]
    colors: dict[int, Color]
    anchors: tuple[tuple[int, str, int, int, float], ...]
    pack_ms: float

    def with_names(self, *, names: bool) -> Packed:
        """Return what the stage draws, names on the picture or not."""
        if not names:
            return self.packed
        return replace(self.packed, head={**self.packed.head, "labels": self.anchors})

    def ids(self, only: tuple[int, ...]) -> tuple[int, ...]:
        """Return the segment ids of classes of the stage."""
        listed = self.segments[:MOST]
        found = [listed[k - 1].id for k in only if 1 <= k <= len(listed)]
        if MOST + 1 in only:
            found += [segment.id for segment in self.segments[MOST:]]
        return tuple(found)


def of(work: Work, by: SegmentColorBy) -> Shown:
    """Return the stage's view of the work."""
    return _of(work.key, by, work)


@st.cache_resource(max_entries=6, ttl="20m", show_spinner=False)
def _of(key: str, by: SegmentColorBy, _work: Work) -> Shown:
    return make(_work, by)


def make(work: Work, by: SegmentColorBy) -> Shown:
    """Pack the segments."""
    start = time.perf_counter()
    panoptic = work.panoptic
    segments = tuple(sorted(panoptic.segments, key=lambda each: (not each.thing, -each.area)))
    names, colors = segment_names(panoptic), segment_colors(panoptic, by=by)
    listed, rest = segments[:MOST], segments[MOST:]
    labels = [
        Label(k, names[each.id], colors[each.id], each.thing)
        for k, each in enumerate(listed, start=1)
    ]
    if rest:
        labels.append(Label(MOST + 1, f"{len(rest)} smaller segments", _REST))
    # a set of classes cannot be empty
    label_set = LabelSet(
        "segments", "Segments", tuple(labels) or (Label(1, "no segment", _REST),), ignore=0
    )
    ranks = segment_ranks(panoptic.segment_ids, [each.id for each in listed])
    if rest:
        ranks[(ranks == 0) & (panoptic.segment_ids > 0)] = MOST + 1
    result = SemanticMap(ranks, label_set)
    packed = pack(work.picture.image, result, alt=work.picture.title, upsampling="labels")
    total = panoptic.segment_ids.size
    scores = work.scores
    details = {k: _detail(each, scores.get(each.id)) for k, each in enumerate(listed, start=1)}
    counts = result.pixel_counts()
    classes = [
        {**item, "share": float(counts[item["id"]] / total), "detail": details.get(item["id"], "")}
        for item in packed.head["classes"]
    ]
    head = {
        **packed.head,
        # colours and names are part of what is drawn, and the pixels do not know them
        "id": f"{packed.head['id']}-{by}-{work.source}-{len(segments)}",
        "classes": classes,
        "words": _WORDS,
    }
    anchors = _anchors(work, listed, names)
    spent = 1e3 * (time.perf_counter() - start)
    return Shown(
        replace(packed, head=head), label_set, segments, names, colors, tuple(anchors), spent
    )


def _anchors(
    work: Work, listed: tuple[Segment, ...], names: dict[int, str]
) -> list[tuple[int, str, int, int, float]]:
    """Where names stand, in pixels of the picture as it is shown."""
    width, height = work.panoptic.size
    wide, high = display_size((width, height))
    anchors = []
    for k, segment in enumerate(listed, start=1):
        x, y, room = segment_anchor(work.panoptic, segment.id)
        place = min(wide - 1, x * wide // width), min(high - 1, y * high // height)
        anchors.append((k, names[segment.id], *place, round(room * wide / width, 1)))
    return anchors


def _detail(segment: Segment, score: float | None) -> str:
    parts = ["thing" if segment.thing else "stuff", f"id {segment.id}", pixels(segment.area)]
    if score is not None and not np.isnan(score):
        parts.append(f"score {sig3(score)}")
    return " · ".join(parts)
