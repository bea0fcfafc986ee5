"""What the page evaluates, and how far it is. Results outlive a cancel, a page switch, an upload.

Where the pictures come from is decided here. A server's own folders can be read only where its
owner has set ``SEGLIB_LOCAL_FOLDERS=1``: that a server listens on localhost says little, for a
proxy before it may serve the whole world.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st

from seglib.errors import DatasetError
from seglib.evaluate import (
    Files,
    FolderFiles,
    Judged,
    MemoryFiles,
    PictureResult,
    conclude,
    evaluate_pairs,
    find_items,
)
from seglib.evaluate.datasets import possible, tells_objects
from seglib.evaluate.pairs import Item
from seglib.evaluate.summary import Rank
from seglib.formats import archive
from seglib.formats.findings import Finding
from seglib.models import CARDS, Segmenter
from seglib.ui import address
from seglib.ui.address import Param, integer, one_of

SOURCES = {"generated": "Generated streets", "zip": "Your ZIP", "folder": "Folder"}
LAYOUTS = {"camvid": "CamVid style", "voc": "VOC", "coco": "COCO"}
VIEWS = {"worst": "Worst pictures", "matrix": "Confusion matrix", "classes": "Classes"}
SHOWS = {"errors": "Mistakes", "answer": "Answer", "truth": "Truth", "photo": "Picture"}
RANKS: dict[str, Rank] = {"accuracy": "pixel_accuracy", "iou": "mean_iou"}
RANK_TITLES = {"accuracy": "Pixels right", "iou": "Mean IoU"}
MOST_GENERATED = 24
KEPT = 4_000
"""Results that a session keeps for resuming."""

SLICE_S = 0.7
"""Seconds of work between two looks at the buttons."""


def judgeable() -> tuple[str, ...]:
    """Return the models that can be judged here."""
    # without a class for every pixel there are no worst pictures and no matrix to show
    return tuple(card.name for card in CARDS if possible(card) and card.task != "instance")


def with_objects() -> bool:
    """Say whether model and layout tell objects apart, so that mask AP is measured."""
    card = next(card for card in CARDS if card.name == address.get(MODEL))
    return tells_objects(card) and layout() == "coco"


MODEL = Param("ev_model", "street", lambda text: text in judgeable())
SOURCE = Param("ev_source", "generated", one_of(*SOURCES))
LAYOUT = Param("ev_layout", "camvid", one_of(*LAYOUTS))
COUNT = Param("ev_count", "8", integer(1, MOST_GENERATED))
VIEW = Param("ev_view", "worst", one_of(*VIEWS))
SHOW = Param("ev_show", "errors", one_of(*SHOWS))
RANK = Param("ev_rank", "accuracy", one_of(*RANKS))
CELL = Param("ev_cell", "", lambda text: not text or _cell(text) is not None)
"""Ids of a true and an answered class, ``"3-7"``; empty for none."""
PARAMS = (MODEL, SOURCE, LAYOUT, COUNT, VIEW, SHOW, RANK, CELL)


def _cell(text: str) -> tuple[int, int] | None:
    found = re.fullmatch(r"(\d{1,4})-(\d{1,4})", text, re.ASCII)
    return None if found is None else (int(found[1]), int(found[2]))


def cell(classes: int) -> tuple[int, int] | None:
    """Return the cell of the confusion matrix that is looked at; ``None`` where there is none."""
    found = _cell(address.get(CELL))
    return found if found is not None and max(found) < classes else None


@dataclass
class Run:
    """One evaluation of a session.

    Parameters
    ----------
    key : str
        Of model, files and layout: another one begins anew.
    items, findings
        What can be judged, and what cannot.
    title : str
        Of the files; the split in reports.
    results : list of PictureResult
        So far, in the order of ``items``.
    running : bool
        Whether work goes on.
    spent : list of float
        Seconds of each picture that was really segmented.
    """

    key: str
    items: Sequence[Item]
    findings: tuple[Finding, ...]
    title: str
    results: list[PictureResult] = field(default_factory=list)
    running: bool = False
    spent: list[float] = field(default_factory=list)

    @property
    def finished(self) -> bool:
        """Whether every picture has its result."""
        return len(self.results) >= len(self.items)

    def seconds_left(self) -> float | None:
        """Return the time that is left at the pace of the last pictures; ``None`` at the start."""
        recent = self.spent[-10:]
        if not recent:
            return None
        return sum(recent) / len(recent) * (len(self.items) - len(self.results))


def folders_allowed() -> bool:
    """Say whether the owner of the server lets visitors name its folders."""
    return os.environ.get("SEGLIB_LOCAL_FOLDERS", "") == "1"


def layouts(model: str) -> dict[str, str]:
    """Return the layouts that a model can be judged on, with titles."""
    card = next(card for card in CARDS if card.name == model)
    return {name: LAYOUTS[name] for name in possible(card)}


def source() -> str:
    """Return where the pictures come from."""
    chosen = address.get(SOURCE)
    return "generated" if chosen == "folder" and not folders_allowed() else chosen


def layout() -> str:
    """Return the layout of the files, one that fits the model."""
    known = layouts(address.get(MODEL))
    chosen = address.get(LAYOUT)
    if source() == "generated":
        known = {name: title for name, title in known.items() if name != "voc"}
    return chosen if chosen in known else next(iter(known))


def take(data: bytes, name: str) -> None:
    """Keep an uploaded archive in the session."""
    digest = hashlib.blake2b(data, digest_size=16).hexdigest()
    st.session_state["_ev_zip"] = (name, digest, data)


@st.cache_resource(max_entries=4, show_spinner=False)
def generated(kind: str, count: int) -> MemoryFiles:
    """Return generated streets; made once for everybody."""
    from seglib.evaluate.generated import streets

    return streets(range(101, 101 + count), layout=kind)


def _files() -> tuple[str, str, Files] | None:
    """Key, title and files of what is chosen; ``None`` where nothing is chosen yet."""
    chosen = source()
    if chosen == "generated":
        count = int(address.get(COUNT))
        return f"generated:{count}", f"{count} generated streets", generated(layout(), count)
    if chosen == "zip":
        kept = st.session_state.get("_ev_zip")
        if kept is None:
            return None
        name, digest, data = kept
        return digest, name, archive.open_zip(data)
    path = str(st.session_state.get("_ev_folder", "")).strip()
    if not path:
        return None
    root = Path(path).expanduser()
    return f"folder:{root}", root.name or str(root), FolderFiles(root)


def run(segmenter: Segmenter) -> Run | None:
    """Return the evaluation of what is chosen; ``None`` where files are still missing.

    Raises
    ------
    FormatError, DatasetError
        The files hold nothing that can be judged.
    """
    chosen = source()
    marker = (
        address.get(MODEL),
        chosen,
        layout(),
        address.get(COUNT) if chosen == "generated" else "",
        (st.session_state.get("_ev_zip") or ("", ""))[1] if chosen == "zip" else "",
        st.session_state.get("_ev_folder", "") if chosen == "folder" else "",
    )
    now: Run | None = st.session_state.get("_ev_run")
    if now is not None and now.key == repr(marker):
        return now
    found = _files()
    if found is None:
        return None
    _, title, files = found
    items = find_items(files, layout(), segmenter.label_set, objects=with_objects())
    now = Run(repr(marker), items.items, items.findings, title)
    _recall(now, segmenter)
    st.session_state["_ev_run"] = now
    return now


def _done() -> dict[str, PictureResult]:
    done: dict[str, PictureResult] = st.session_state.setdefault("_ev_done", {})
    return done


def _recall(now: Run, segmenter: Segmenter) -> None:
    """Take over earlier results, as long as they are those of the first pictures."""
    from seglib.evaluate import run_key

    done = _done()
    if not done:
        return
    for item in now.items:
        try:
            result = done.get(f"{item.digest()}:{run_key(segmenter)}")
        except DatasetError:
            return
        if result is None:
            return
        now.results.append(result)


def work(now: Run, segmenter: Segmenter) -> bool:
    """Judge pictures for a moment; returns whether there is more to do."""
    done = _done()
    deadline = time.monotonic() + SLICE_S
    for result in evaluate_pairs(segmenter, now.items[len(now.results) :], done=done):
        if result.key and result.key not in done:
            done[result.key] = result
            now.spent.append(result.seconds)
            if len(done) > KEPT:
                del done[next(iter(done))]
        now.results.append(result)
        if time.monotonic() > deadline:
            break
    now.running = now.running and not now.finished
    return now.running


def judged(now: Run, segmenter: Segmenter) -> Judged | None:
    """Return the numbers so far; ``None`` where nothing is judged yet."""
    try:
        return conclude(
            now.results,
            segmenter,
            dataset=layout(),
            split=now.title,
            findings=now.findings,
        )
    except DatasetError:
        return None
