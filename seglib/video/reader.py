"""Frames out of a clip that a stranger sent: one at a time, limits first."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from seglib.errors import VideoError, VideoTooLargeError
from seglib.images import Image, resize
from seglib.results import Scene


@dataclass(frozen=True)
class ClipLimits:
    """What is accepted, checked from the header where it says so, else while reading.

    Parameters
    ----------
    max_bytes : int
        Of the file.
    max_pixels : int
        Of a frame.
    max_frames : int
        Of the clip.
    max_seconds : float
        Of the clip.
    """

    max_bytes: int = 40 * 2**20
    max_pixels: int = 3840 * 2160
    max_frames: int = 3000
    max_seconds: float = 120.0


DEFAULT_CLIP_LIMITS = ClipLimits()


@dataclass(frozen=True)
class ClipInfo:
    """What the header says.

    Parameters
    ----------
    size : (width, height)
        Pixels, as it is shown: phones store portraits lying on their side.
    rate : Fraction
        Frames a second, mean.
    frames : int or None
        Where the header knows it, or rate and duration tell.
    seconds : float or None
        Duration.
    codec : str
        Name of the coding.
    """

    size: tuple[int, int]
    rate: Fraction
    frames: int | None
    seconds: float | None
    codec: str


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture of a clip.

    Parameters
    ----------
    index : int
        From 0.
    image : Image
        Of the clip's size; a frame of another size is scaled.
    seconds : float
        When it is shown, from the first frame on.
    decode_ms : float
        Milliseconds that reading it took.
    truth : Scene, optional
        What is really there, where the clip is generated.
    truth_ids : tuple of int
        Of each of the truth's instances: the same in all frames.
    duration : float, optional
        Seconds for which it is shown, where the clip says so.
    """

    index: int
    image: Image
    seconds: float
    decode_ms: float
    truth: Scene | None = None
    truth_ids: tuple[int, ...] = ()
    duration: float | None = None


class ClipReader:
    """Reads a clip from memory; memory does not grow with its length.

    Parameters
    ----------
    data : bytes
        MP4, WebM, MOV, AVI, GIF or whatever else FFmpeg reads.
    limits : ClipLimits

    Raises
    ------
    VideoError
        The bytes are no clip, or one without pictures.
    VideoTooLargeError
        Over a limit.
    """

    def __init__(self, data: bytes, *, limits: ClipLimits = DEFAULT_CLIP_LIMITS) -> None:
        self._limits = limits
        if not data:
            raise VideoError("expected a clip, got an empty file")
        if len(data) > limits.max_bytes:
            raise VideoTooLargeError(
                f"expected a clip of at most {limits.max_bytes / 2**20:.0f} MB, "
                f"got {len(data) / 2**20:.1f} MB"
            )
        self._data = data
        self.truncated = False
        """Whether the clip broke off while it was read."""
        self.resized = 0
        """Frames that had another size than the first."""
        with self._open() as container:
            self.info = self._read_info(container)

    def _open(self) -> Any:
        import av

        try:
            return av.open(io.BytesIO(self._data), mode="r")
        except (av.error.FFmpegError, ValueError, OSError):
            raise VideoError(
                "expected a clip such as MP4, WebM or GIF, got a file that cannot be read as one"
            ) from None

    def _read_info(self, container: Any) -> ClipInfo:
        import av

        if not container.streams.video:
            what = "sound alone" if container.streams.audio else "no pictures"
            raise VideoError(f"expected a clip with pictures, got a file with {what}")
        stream = container.streams.video[0]
        width, height = int(stream.codec_context.width), int(stream.codec_context.height)
        if width < 1 or height < 1:
            raise VideoError("expected a clip with pictures, got frames of no size")
        if width * height > self._limits.max_pixels:
            raise VideoTooLargeError(
                f"expected frames of at most {self._limits.max_pixels / 1e6:.1f} million pixels, "
                f"got {width} × {height}"
            )
        rate = Fraction(stream.average_rate or stream.guessed_rate or 25)
        if not Fraction(1, 100) <= rate <= 1000:
            rate = Fraction(25)
        if _turns(_first(container)) % 2:
            width, height = height, width
        seconds = None
        if stream.duration is not None and stream.time_base is not None:
            seconds = float(stream.duration * stream.time_base)
        elif container.duration is not None:
            seconds = container.duration / av.time_base
        if seconds is not None and seconds > self._limits.max_seconds:
            raise VideoTooLargeError(
                f"expected a clip of at most {self._limits.max_seconds:.0f} s, got {seconds:.0f} s"
            )
        frames = int(stream.frames) or (round(seconds * rate) if seconds else None)
        if frames is not None and frames > self._limits.max_frames:
            raise VideoTooLargeError(
                f"expected a clip of at most {self._limits.max_frames} frames, got {frames}"
            )
        return ClipInfo((width, height), rate, frames, seconds, str(stream.codec_context.name))

    def __iter__(self) -> Iterator[Frame]:
        """Read from the first frame on.

        A clip that breaks off ends there, with :attr:`truncated` set.

        Raises
        ------
        VideoError
            Not one frame can be read.
        VideoTooLargeError
            There are more frames than the header said and than is allowed.
        """
        import av
        from av.video.reformatter import VideoReformatter

        index, first, reformatter = 0, 0.0, VideoReformatter()
        with self._open() as container:
            container.streams.video[0].thread_type = "AUTO"
            pictures = container.decode(video=0)
            while True:
                start = time.perf_counter()
                try:
                    picture = next(pictures, None)
                    if picture is None:
                        break
                    image = self._picture(picture, reformatter)
                except (av.error.FFmpegError, ValueError, MemoryError):
                    self.truncated = True
                    break
                elapsed = 1e3 * (time.perf_counter() - start)
                if index >= self._limits.max_frames:
                    raise VideoTooLargeError(
                        f"expected a clip of at most {self._limits.max_frames} frames, got more"
                    )
                shown = picture.time
                if index == 0:
                    first = float(shown or 0.0)
                seconds = float(shown) - first if shown is not None else index / self.info.rate
                lasts = None
                if picture.duration and picture.time_base:
                    lasts = float(picture.duration * picture.time_base)
                yield Frame(index, image, float(seconds), elapsed, duration=lasts)
                index += 1
        if index == 0:
            raise VideoError("expected a clip with pictures, got one without a readable frame")

    def _picture(self, picture: Any, reformatter: Any) -> Image:
        if picture.width * picture.height > self._limits.max_pixels:
            raise VideoTooLargeError(
                f"expected frames of at most {self._limits.max_pixels / 1e6:.1f} million pixels, "
                f"got {picture.width} × {picture.height}"
            )
        # one converter for all frames, in this thread: others have their own work
        pixels = reformatter.reformat(picture, format="rgb24", threads=1).to_ndarray()
        if turns := _turns(picture):
            pixels = np.ascontiguousarray(np.rot90(pixels, turns))
        if pixels.shape[1::-1] != self.info.size:
            self.resized += 1
            pixels = resize(pixels, self.info.size)
        pixels.setflags(write=False)
        return Image(pixels)


def _first(container: Any) -> Any:
    """Return the first picture; ``None`` where it cannot be read, which is said later."""
    import av

    try:
        return next(container.decode(video=0), None)
    except (av.error.FFmpegError, ValueError, MemoryError):
        return None


def _turns(picture: Any) -> int:
    """Quarter turns counter-clockwise that a player gives a picture."""
    return 0 if picture is None else round(picture.rotation / 90) % 4
