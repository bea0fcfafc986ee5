"""A clip that every browser plays: H.264 in MP4, the frames' own times kept."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import weakref
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.errors import ShapeError, VideoError

_TICKS = 90_000
"""A second in the clip's clock: divisible by all usual rates."""


class ClipWriter:
    """Writes frames into an MP4, one after the other; the file is temporary and always removed.

    To be used in a ``with`` block.

    Parameters
    ----------
    size : (width, height)
        Of the frames, pixels. An odd side gets one more row or column, a copy of the last: H.264
        with 4:2:0 colour has even sides.
    rate : Fraction or float
        Frames a second, for frames without a time of their own.
    quality : int
        Constant rate factor of x264: 18 looks like the original, 28 is small.
    """

    def __init__(self, size: tuple[int, int], rate: Fraction | float, *, quality: int = 22) -> None:
        import av

        width, height = size
        if width < 1 or height < 1:
            raise ShapeError(f"expected frames of at least 1 × 1 pixels, got {width} × {height}")
        self.size = (width, height)
        self._rate = Fraction(rate).limit_denominator(100_000)
        folder = Path(tempfile.mkdtemp(prefix="seglib-clip-"))
        # also for a writer that nobody closes
        self._remove = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self._path = folder / "clip.mp4"
        # the index first, so that a browser can start before it has everything
        self._container: Any = av.open(
            str(self._path), mode="w", format="mp4", options={"movflags": "faststart"}
        )
        stream = self._container.add_stream("libx264", rate=self._rate)
        stream.width, stream.height = width + width % 2, height + height % 2
        stream.pix_fmt = "yuv420p"
        # a third of the work of "veryfast" for the same error and 1.7 times the bytes: a clip is
        # looked at once, and encoding would be the largest part of the work for a frame
        stream.options = {
            "crf": str(quality),
            "preset": "ultrafast",
            "x264-params": "deblock=0,0",
        }
        stream.codec_context.time_base = Fraction(1, _TICKS)
        self._stream = stream
        self._held: Any = None
        self._last = -1
        self._lasts = Fraction(1) / self._rate
        self.frames = 0

    def write(
        self,
        pixels: NDArray[np.uint8],
        *,
        seconds: float | None = None,
        duration: float | None = None,
    ) -> None:
        """Append one frame.

        Parameters
        ----------
        pixels : (H, W, 3) uint8
            RGB.
        seconds : float, optional
            When it is shown, from the start; as the rate says if not given.
        duration : float, optional
            Seconds for which it is shown if it is the last one; one frame's if not given.
        """
        import av
        import cv2

        width, height = self.size
        if pixels.shape != (height, width, 3) or pixels.dtype != np.uint8:
            raise ShapeError(
                f"expected a frame ({height}, {width}, 3) uint8, got {pixels.shape} {pixels.dtype}"
            )
        if width % 2 or height % 2:
            pixels = np.pad(pixels, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
        # the same values as FFmpeg's own conversion, give or take a rounding, in a quarter of
        # the time
        planes = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2YUV_I420), np.uint8)
        # no copy: the encoder makes its own
        picture = av.VideoFrame.from_numpy_buffer(planes, format="yuv420p")
        when = self.frames / self._rate if seconds is None else seconds
        # two frames may not share a moment
        self._last = max(self._last + 1, round(float(when) * _TICKS))
        picture.pts, picture.time_base = self._last, Fraction(1, _TICKS)
        self._lasts = Fraction(1) / self._rate if not duration else Fraction(duration)
        self._mux(self._stream.encode(picture))
        self.frames += 1

    def _mux(self, packets: list[Any]) -> None:
        """Hand on all packets but the last one: its duration is the clip's end."""
        for packet in packets:
            if self._held is not None:
                self._container.mux(self._held)
            self._held = packet

    def finish(self) -> bytes:
        """Close the clip and return it.

        Raises
        ------
        VideoError
            No frame was written.
        """
        if self.frames == 0:
            self.close()
            raise VideoError("expected at least one frame to write, got none")
        self._mux(self._stream.encode())
        self._held.duration = max(1, round(self._lasts / self._held.time_base))
        self._container.mux(self._held)
        self._container.close()
        data = self._path.read_bytes()
        self._remove()
        return data

    def close(self) -> None:
        """Give up: remove the temporary file. Does nothing after :meth:`finish`."""
        import av

        # closing an encoder that has seen no frame complains; there is nothing to save here
        with contextlib.suppress(av.error.FFmpegError):
            self._container.close()
        self._remove()

    def __enter__(self) -> ClipWriter:
        """Return the writer itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove the temporary file, whatever happened."""
        self.close()
