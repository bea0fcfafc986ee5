"""What is kept of a clip in work besides its pictures: stages, times, a few numbers a frame."""

from __future__ import annotations

from dataclasses import dataclass

STAGES: tuple[tuple[str, str], ...] = (
    ("decode_ms", "Decode"),
    ("preprocess_ms", "Preprocess"),
    ("queue_ms", "Queue"),
    ("infer_ms", "Infer"),
    ("postprocess_ms", "Postprocess"),
    ("track_ms", "Track"),
    ("render_ms", "Render"),
    ("encode_ms", "Encode"),
)
"""Key and title of each stage of a clip, in the order in which they run."""


@dataclass(frozen=True)
class Span:
    """One piece of work: who did what for which frame, and when.

    Parameters
    ----------
    frame : int
    lane : str
        ``read``, ``worker 1`` and so on, ``track``, ``draw``, ``encode``.
    start, end : float
        Seconds from the start of the job.
    """

    frame: int
    lane: str
    start: float
    end: float


@dataclass(frozen=True)
class FrameFacts:
    """What is kept of each frame: a few numbers.

    Parameters
    ----------
    index : int
    seconds : float
        When it is shown.
    iou : float or None
        Against the truth, from :func:`~seglib.video.judge.frame_iou`.
    objects : int
        Found in it.
    subject : float or None
        Share of the frame that is its subject, 0..1, where the model answers a matte.
    """

    index: int
    seconds: float
    iou: float | None
    objects: int
    subject: float | None = None


@dataclass
class Track:
    """Where an object that was followed appeared.

    Parameters
    ----------
    number : int
        The tracker's.
    class_id : int
        In the frame in which it was first seen.
    first, last : int
        Frames.
    frames : int
        In which it was seen.
    """

    number: int
    class_id: int
    first: int
    last: int
    frames: int = 1
