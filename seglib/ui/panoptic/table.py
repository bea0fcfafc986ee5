"""The table of segments: choosing rows shows these segments alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from seglib.labels import LabelSet
from seglib.ui import stage
from seglib.ui.numbers import percent, sig3
from seglib.ui.panoptic.shown import MOST, Shown
from seglib.ui.panoptic.work import Work
from seglib.ui.stage import StageState

STAGE = "panoptic"
KEY, PICK = "pan_table", "pan_pick"
ALL = "all segments"
_COLUMNS = ("", "Segment", "Class", "Kind", "Id", "Area, px", "Share", "Box, px", "Score")
_ROW, _ROWS = 35, 9


def rows(work: Work, shown: Shown) -> list[dict[str, Any]]:
    """Return what the table says of each segment, things first.

    The score is ``None`` where there is none: stuff, pieces without an object, the truth.
    """
    total, scores = work.panoptic.segment_ids.size, work.scores
    label = work.panoptic.label_set.label
    return [
        {
            "segment": shown.names[each.id],
            "class": label(each.class_id).name,
            "kind": "thing" if each.thing else "stuff",
            "id": each.id,
            "area": each.area,
            "share": each.area / total,
            "box": each.box,
            "score": scores.get(each.id),
        }
        for each in shown.segments
    ]


def frame(work: Work, shown: Shown) -> Any:
    """Return the table as a styled data frame: numbers as people read them."""
    import pandas as pd  # type: ignore[import-untyped]

    table = pd.DataFrame(
        [
            {
                "": "",
                "Segment": row["segment"],
                "Class": row["class"],
                "Kind": row["kind"],
                "Id": row["id"],
                "Area, px": f"{row['area']:,}",
                "Share": percent(row["share"]),
                "Box, px": ", ".join(map(str, row["box"])),
                "Score": "–" if row["score"] is None else sig3(row["score"]),
            }
            for row in rows(work, shown)
        ],
        columns=list(_COLUMNS),
    )
    inks = [
        "background-color: rgb({}, {}, {})".format(*shown.colors[each.id])
        for each in shown.segments
    ]

    def ink(column: Any) -> list[str]:
        return inks[: len(column)]

    return table.style.apply(ink, subset=[""])


def show(work: Work, shown: Shown, state: StageState) -> None:
    """Draw the table; its chosen rows are the segments shown alone."""
    count = len(shown.segments)
    if not count:
        st.html('<p class="seg-note">No segment: every pixel is void.</p>')
        return
    chosen = [place for place in range(count) if min(place, MOST) + 1 in state.only]
    st.session_state[KEY] = {"selection": {"rows": chosen, "columns": [], "cells": []}}
    st.dataframe(
        frame(work, shown),
        hide_index=True,
        height=_ROW * (min(count, _ROWS) + 1) + 3,
        key=KEY,
        on_select=_chosen,
        selection_mode="multi-row",
        column_config={
            "": st.column_config.TextColumn(width=20),
            "Segment": st.column_config.TextColumn(
                width="medium", help="Choose rows to see these segments alone."
            ),
            "Box, px": st.column_config.TextColumn(help="x1, y1, x2, y2; the last two exclusive."),
        },
        alt="Table of segments",
    )


def pick(shown: Shown, state: StageState) -> None:
    """Draw the choice of one segment, for keyboards and screen readers."""
    names = [label.name for label in shown.label_set][: len(shown.segments)]
    own = next((label.name for label in shown.label_set if (label.id,) == state.only), ALL)
    st.session_state[PICK] = own if own in names else ALL
    ids = {label.name: label.id for label in shown.label_set}

    def picked() -> None:
        name = st.session_state[PICK]
        isolate(shown.label_set, () if name == ALL else (ids[name],))

    st.selectbox(
        "Show alone",
        [ALL, *names],
        key=PICK,
        on_change=picked,
        help="One segment alone; the rest of the picture steps back. The chips below the picture "
        "and the rows of the table do the same.",
    )


def remember(label_set: LabelSet) -> None:
    """Keep what the rows mean until one of them is chosen."""
    st.session_state["_pan_labels"] = label_set


def _chosen() -> None:
    label_set: LabelSet | None = st.session_state.get("_pan_labels")
    selection = st.session_state.get(KEY, {}).get("selection", {}).get("rows", [])
    if label_set is not None:
        known = {label.id for label in label_set}
        places = {min(place, MOST) + 1 for place in selection}
        isolate(label_set, tuple(sorted(places & known)))


def isolate(label_set: LabelSet, only: tuple[int, ...]) -> None:
    """Show these classes of the stage alone; none of them shows all."""
    state = stage.session(STAGE, StageState()).state(label_set)
    stage.session(STAGE, replace(state, only=only), anew=True)
