"""What the page works on: the clip, the model, the run that goes on, all of one session."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

import streamlit as st

from seglib.errors import SeglibError
from seglib.images import Image, resize
from seglib.labels import CAMVID_11, LabelSet
from seglib.models import CARDS, Segmentation, Segmenter
from seglib.results import StageTimes
from seglib.scenes import SHAPES
from seglib.ui import address, knobs
from seglib.ui.address import Param, integer, one_of
from seglib.ui.boundary import sentence
from seglib.ui.samples import MAX_SEED
from seglib.video.background import MOTION, BackgroundOptions, BackgroundSubtractor
from seglib.video.clips import Clip, GeneratedClip
from seglib.video.draw import DrawOptions, draw, instances_of
from seglib.video.engine import clip_segmenter, workers_for
from seglib.video.job import ClipJob, fitted
from seglib.video.reader import DEFAULT_CLIP_LIMITS, ClipLimits, ClipReader, Frame
from seglib.video.smoothing import MatteSmoother, SmoothOptions
from seglib.video.tracker import Tracker, TrackOptions

SOURCES = {"street": "Street drive", "shapes": "Moving shapes", "upload": "Your clip"}
MOTION_MODEL, TRUTH_MODEL = "motion", "truth"
LIMITS: ClipLimits = DEFAULT_CLIP_LIMITS
LONGEST = {"480": "480 px", "640": "640 px", "960": "960 px", "1280": "1,280 px"}
MOST_FRAMES = 96
SIZE, RATE = (480, 360), 12

SLICE_S = 0.8
"""Seconds of work between two looks at the buttons."""


def models() -> dict[str, str]:
    """Return every model that can be chosen, with its title."""
    cards = {card.name: f"{card.name}: {card.title}" for card in CARDS if card.installed}
    return {
        **cards,
        MOTION_MODEL: "What moves (background subtraction)",
        TRUTH_MODEL: "Exact truth (generated clips)",
    }


SOURCE = Param("vi_source", "street", one_of(*SOURCES))
MODEL = Param("vi_model", "street", lambda text: text in models())
SEED = Param("vi_seed", "7", integer(0, MAX_SEED))
FRAMES = Param("vi_frames", "24", integer(2, MOST_FRAMES))
LONGEST_SIDE = Param("vi_longest", "960", one_of(*LONGEST))
ONLY = Param("vi_only", "", lambda text: len(text) <= 400)
PARAMS = (
    SOURCE,
    MODEL,
    SEED,
    FRAMES,
    LONGEST_SIDE,
    ONLY,
    *knobs.params(DrawOptions, "vi"),
    *knobs.params(TrackOptions, "vit"),
    *knobs.params(SmoothOptions, "vis"),
    *knobs.params(BackgroundOptions, "vib"),
)


@dataclass(frozen=True, eq=False)
class Upload:
    """A visitor's clip, in memory, in this session only."""

    name: str
    digest: str
    data: bytes
    reader: ClipReader


@dataclass
class Run:
    """A clip in work, or done.

    Parameters
    ----------
    key : str
        Of everything that the result depends on.
    source : str
        Of the clip alone.
    title : str
        Of the clip.
    model : str
        What it goes through.
    labels : LabelSet or None
        What the classes mean.
    job : ClipJob
    reader : ClipReader or None
        Of an uploaded clip.
    """

    key: str
    source: str
    title: str
    model: str
    labels: LabelSet | None
    job: ClipJob
    reader: ClipReader | None = None


class _Keeper:
    """Holds the job of a session, so that it ends with the session and leaves no file."""

    job: ClipJob | None = None

    def stop(self) -> None:
        if self.job is not None:
            self.job.stop()


@st.cache_resource(scope="session", on_release=_Keeper.stop, show_spinner=False)
def _keeper() -> _Keeper:
    return _Keeper()


@st.cache_resource(max_entries=4, show_spinner=False)
def segmenter(name: str) -> Segmenter:
    """Return a model compiled for clips, for everybody."""
    return clip_segmenter(name)


def take(data: bytes, name: str) -> None:
    """Keep an uploaded clip; a refusal is kept as one sentence, and the clip before it goes."""
    for key in ("_vi_upload", "_vi_problem"):
        st.session_state.pop(key, None)
    shown = re.sub(r"[^\w .()-]", "_", name)[:80]
    try:
        reader = ClipReader(data, limits=LIMITS)
        next(iter(reader))
    except SeglibError as error:
        st.session_state["_vi_problem"] = f"{shown}: {sentence(error)}"
        return
    digest = hashlib.blake2b(data, digest_size=16).hexdigest()
    st.session_state["_vi_upload"] = Upload(shown, digest, data, reader)


def upload() -> Upload | None:
    """Return the visitor's clip, if there is one."""
    found: Upload | None = st.session_state.get("_vi_upload")
    return found


def problem() -> str:
    """Return why the last upload was refused, if it was."""
    return str(st.session_state.get("_vi_problem", ""))


def model() -> str:
    """Return the model: one that fits the clip."""
    chosen = address.get(MODEL)
    if chosen == TRUTH_MODEL and address.get(SOURCE) == "upload":
        return next(iter(models()))
    return chosen


def cards() -> tuple[str, ...]:
    """Return the name of the model's card, if it has one."""
    return tuple(card.name for card in CARDS if card.name == model())


def task() -> str:
    """Return what the model answers: ``matte``, ``semantic`` and so on, or its own name."""
    return next((card.task for card in CARDS if card.name == model()), model())


def labels() -> LabelSet | None:
    """Return what the classes of the model mean; ``None`` where it has no classes."""
    chosen = model()
    if chosen == MOTION_MODEL:
        return MOTION
    if chosen == TRUTH_MODEL:
        return SHAPES if address.get(SOURCE) == "shapes" else CAMVID_11
    card = next(card for card in CARDS if card.name == chosen)
    return None if card.task == "matte" else card.labels


def only() -> tuple[int, ...] | None:
    """Return the classes to show; ``None`` for all."""
    known = labels()
    names = [name for name in address.get(ONLY).split(",") if name]
    if known is None or not names:
        return None
    found = tuple(label.id for label in known if label.name in names)
    return found or None


def clip() -> tuple[Clip, str] | None:
    """Return the clip and its title; ``None`` where a visitor has still to choose one.

    An uploaded clip is opened anew: a run keeps its own reader.
    """
    source = address.get(SOURCE)
    if source == "upload":
        own = upload()
        return None if own is None else (ClipReader(own.data, limits=LIMITS), own.name)
    seed, frames = int(address.get(SEED)), int(address.get(FRAMES))
    kind = cast('Literal["street", "shapes"]', source)
    return GeneratedClip(seed, frames, kind, SIZE, RATE), f"{SOURCES[source]} {seed}"


def source_key() -> str:
    """Return what tells the clip from all others."""
    source = address.get(SOURCE)
    if source == "upload":
        own = upload()
        return "" if own is None else own.digest
    return f"{source}:{address.get(SEED)}"


def key() -> str:
    """Return what tells a result from all others: the clip and every setting that matters."""
    frames = "" if address.get(SOURCE) == "upload" else address.get(FRAMES)
    settings: list[Any] = [source_key(), frames, model(), address.get(LONGEST_SIDE), only()]
    settings.append(knobs.read(DrawOptions, "vi"))
    settings.append(knobs.read(TrackOptions, "vit"))
    settings.append(knobs.read(SmoothOptions, "vis"))
    if model() == MOTION_MODEL:
        settings.append(knobs.read(BackgroundOptions, "vib"))
    return repr(settings)


def answer() -> tuple[Callable[[Frame], Segmentation], int]:
    """Return what says what is in a frame, and how many frames it may see at once."""
    chosen = model()
    if chosen == TRUTH_MODEL:
        return _truth, 1
    if chosen == MOTION_MODEL:
        ground = BackgroundSubtractor(knobs.read(BackgroundOptions, "vib"))
        return lambda frame: ground.segment(frame.image), 1
    own = segmenter(chosen)
    return lambda frame: own.segment(frame.image), workers_for(own)


def _truth(frame: Frame) -> Segmentation:
    return Segmentation(frame.truth, StageTimes())


def run() -> Run | None:
    """Return the clip in work or done; ``None`` before the first start."""
    found: Run | None = st.session_state.get("_vi_run")
    return found


def start() -> None:
    """Begin with what is chosen now; whatever ran before ends."""
    cancel()
    found = clip()
    if found is None:
        return
    frames, title = found
    say, workers = answer()
    job = ClipJob(
        frames,
        say,
        options=knobs.read(DrawOptions, "vi"),
        tracker=Tracker(knobs.read(TrackOptions, "vit")),
        smoother=MatteSmoother(knobs.read(SmoothOptions, "vis")),
        only=only(),
        workers=workers,
        longest=None if isinstance(frames, GeneratedClip) else int(address.get(LONGEST_SIDE)),
    )
    _keeper().job = job
    reader = frames if isinstance(frames, ClipReader) else None
    st.session_state["_vi_run"] = Run(key(), source_key(), title, model(), labels(), job, reader)


def cancel() -> None:
    """End the run; the clip so far is kept."""
    now = run()
    if now is not None:
        now.job.stop()


@dataclass(frozen=True, eq=False)
class First:
    """The first frame of the chosen clip and what the model says of it."""

    key: str
    frame: Frame
    result: Any


def first() -> First | None:
    """Return the first frame, segmented; ``None`` where there is no clip yet."""
    wanted = f"{source_key()}|{model()}|{address.get(LONGEST_SIDE)}"
    found: First | None = st.session_state.get("_vi_first")
    if found is not None and found.key == wanted:
        return found
    chosen = clip()
    if chosen is None:
        return None
    if isinstance(chosen[0], GeneratedClip):
        frame = _opening(chosen[0].kind, chosen[0].seed)
    else:
        frame = next(iter(chosen[0]))
        size = fitted(frame.image.size, int(address.get(LONGEST_SIDE)))
        frame = replace(frame, image=Image.from_array(resize(frame.image.pixels, size)))
    found = First(wanted, frame, answer()[0](frame).result)
    st.session_state["_vi_first"] = found
    return found


@st.cache_resource(max_entries=6, show_spinner=False)
def _opening(kind: Literal["street", "shapes"], seed: int) -> Frame:
    return next(iter(GeneratedClip(seed, 1, kind, SIZE, RATE)))


def drawn(found: First) -> Any:
    """Draw the first frame as the clip would show it."""
    objects = instances_of(found.result)
    numbers = None if objects is None else list(range(len(objects)))
    return draw(
        found.frame.image.pixels,
        found.result,
        knobs.read(DrawOptions, "vi"),
        numbers=numbers,
        only=only(),
    )
