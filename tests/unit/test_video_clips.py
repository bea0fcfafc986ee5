"""Clips in and out: length, rate and times kept; strangers' files refused in one sentence."""

from __future__ import annotations

import io
import tempfile
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from seglib.errors import ShapeError, VideoError, VideoTooLargeError
from seglib.video.reader import ClipLimits, ClipReader
from seglib.video.writer import ClipWriter
from tests.clips import broken_off, changing_size, gif, lying, sound_alone, webm


def picture(index: int, width: int = 64, height: int = 48) -> NDArray[np.uint8]:
    """A bright bar that moves to the right."""
    pixels = np.full((height, width, 3), 40, np.uint8)
    x = (4 * index) % (width - 8)
    pixels[:, x : x + 8] = (220, 180, 60)
    return pixels


def written(frames: int = 12, rate: Fraction | float = 25, **size: int) -> bytes:
    width, height = size.get("width", 64), size.get("height", 48)
    with ClipWriter((width, height), rate) as writer:
        for index in range(frames):
            writer.write(picture(index, width, height))
        return writer.finish()


def test_a_clip_comes_back_with_its_length_rate_and_pictures() -> None:
    reader = ClipReader(written())
    assert reader.info.size == (64, 48)
    assert reader.info.rate == 25
    assert reader.info.frames == 12
    assert reader.info.seconds == pytest.approx(12 / 25, abs=1e-4)
    frames = list(reader)
    assert [f.index for f in frames] == list(range(12))
    np.testing.assert_allclose([f.seconds for f in frames], np.arange(12) / 25, atol=1e-3)
    for frame in frames:
        off = np.abs(frame.image.pixels.astype(int) - picture(frame.index)).mean()
        assert off < 6, frame.index
    assert not reader.truncated


@pytest.mark.parametrize("rate", [Fraction(30000, 1001), 7.5, 60])
def test_the_rate_is_kept(rate: Fraction | float) -> None:
    reader = ClipReader(written(20, rate))
    assert float(reader.info.rate) == pytest.approx(float(rate), rel=2e-3)
    assert len(list(reader)) == 20


def test_times_of_their_own_are_kept() -> None:
    times = [0.0, 0.1, 0.5, 0.55, 2.0]
    with ClipWriter((64, 48), 25) as writer:
        for index, seconds in enumerate(times):
            writer.write(picture(index), seconds=seconds)
        frames = list(ClipReader(writer.finish()))
    np.testing.assert_allclose([f.seconds for f in frames], times, atol=2e-3)


def test_browsers_get_what_they_play() -> None:
    data = written()
    with av.open(io.BytesIO(data)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"
    # the index comes before the pictures
    assert data.index(b"moov") < data.index(b"mdat")


def test_odd_sides_get_one_more_column_and_row() -> None:
    reader = ClipReader(written(4, width=63, height=47))
    assert reader.info.size == (64, 48)
    last = next(iter(reader)).image.pixels
    assert np.abs(last[:, 63].astype(int) - last[:, 62]).mean() < 8


def test_one_frame_is_a_clip() -> None:
    assert len(list(ClipReader(written(1)))) == 1


def test_a_gif_is_a_clip_and_its_moments_are_kept() -> None:
    frames = list(ClipReader(gif([100, 200, 100, 300, 500])))
    assert [frame.seconds for frame in frames] == pytest.approx([0, 0.1, 0.3, 0.4, 0.7])
    assert [frame.duration for frame in frames] == pytest.approx([0.1, 0.2, 0.1, 0.3, 0.5])


def test_webm_is_a_clip() -> None:
    reader = ClipReader(webm(6, 20))
    assert (reader.info.codec, reader.info.size, reader.info.rate) == ("vp9", (64, 48), 20)
    assert len(list(reader)) == 6


def test_a_phone_s_portrait_stands_upright() -> None:
    stored = np.zeros((48, 64, 3), np.uint8)
    stored[:, :8] = 255  # the left edge as stored is the top of the picture turned clockwise
    reader = ClipReader(lying(stored))
    assert reader.info.size == (48, 64)
    frames = list(reader)
    assert len(frames) == 3
    for frame in frames:
        assert frame.image.size == (48, 64)
        assert frame.image.pixels[:6].min() > 200
        assert frame.image.pixels[12:].max() < 60
    assert reader.resized == 0


@pytest.mark.parametrize("moments", [[100] * 7, [100, 200, 100, 300, 500], [2000, 40]])
def test_the_length_of_the_clip_is_kept_to_its_last_frame(moments: list[int]) -> None:
    with ClipWriter((64, 48), 10) as writer:
        for frame in ClipReader(gif(moments)):
            writer.write(frame.image.pixels, seconds=frame.seconds, duration=frame.duration)
        data = writer.finish()
    assert ClipReader(data).info.seconds == pytest.approx(sum(moments) / 1000, abs=2e-3)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty file"),
        (b"not a clip at all, but text" * 20, "cannot be read"),
        (bytes(4000), "cannot be read"),
        (written()[:200], "no pictures"),
        (sound_alone(), "sound alone"),
    ],
    ids=["empty", "text", "zeros", "header alone", "sound"],
)
def test_what_is_no_clip_is_refused_in_one_sentence(data: bytes, message: str) -> None:
    with pytest.raises(VideoError, match=message):
        list(ClipReader(data))


def test_a_clip_that_breaks_off_gives_what_it_has() -> None:
    data = broken_off(40, codec="libx264", pix_fmt="yuv420p", rate=25)
    frames = list(ClipReader(data))
    assert 0 < len(frames) < 40


def test_a_frame_of_another_size_is_scaled_to_the_first() -> None:
    reader = ClipReader(changing_size())
    frames = list(reader)
    assert {frame.image.size for frame in frames} == {(64, 48)}
    assert len(frames) == 4
    assert reader.resized == 2


@pytest.mark.parametrize(
    "limits",
    [
        ClipLimits(max_bytes=100),
        ClipLimits(max_pixels=1000),
        ClipLimits(max_frames=5),
        ClipLimits(max_seconds=0.2),
    ],
)
def test_limits_are_checked_before_reading(limits: ClipLimits) -> None:
    with pytest.raises(VideoTooLargeError, match="expected"):
        ClipReader(written(), limits=limits)


def test_a_frame_of_another_shape_is_refused() -> None:
    with ClipWriter((64, 48), 25) as writer:
        with pytest.raises(ShapeError, match="expected a frame"):
            writer.write(np.zeros((10, 10, 3), np.uint8))
        with pytest.raises(VideoError, match="at least one frame"):
            writer.finish()


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    written(3)

    def cancelled() -> None:
        with ClipWriter((64, 48), 25) as writer:
            writer.write(picture(0))
            assert list(tmp_path.iterdir())
            raise RuntimeError("cancelled")

    with pytest.raises(RuntimeError, match="cancelled"):
        cancelled()
    assert not list(tmp_path.iterdir())
