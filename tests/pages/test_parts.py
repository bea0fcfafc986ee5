"""The small parts of the pages: numbers, the packed block, the address, the downloads."""

from __future__ import annotations

import io
import json
import math
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as PilImage

from seglib.labels import CAMVID_11
from seglib.results import SemanticMap, StageTimes
from seglib.ui import address, caches, stage, times_bar
from seglib.ui.numbers import milliseconds, percent, sig3
from seglib.ui.pack import display_size, nearest, pack, quantise
from seglib.ui.picker import _thumb
from seglib.ui.samples import STREET_SIZE
from seglib.ui.semantic import downloads
from seglib.ui.semantic.facts import facts, plain
from seglib.ui.stage import AGAINST, SHOWS, VIEWS, StageState

WIDE, HIGH = STREET_SIZE


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.71834, "0.718"),
        (9.996, "10.0"),
        (0.09996, "0.100"),
        (99.96, "100"),
        (12.349, "12.3"),
        (999.6, "1,000"),
        (123456.0, "123,456"),
        (-0.25, "-0.250"),
        (None, "undefined"),
        (math.nan, "undefined"),
        (math.inf, "undefined"),
    ],
)
def test_numbers_have_three_significant_digits(value: float | None, text: str) -> None:
    assert sig3(value) == text


@given(st.floats(1e-4, 1e6))
def test_three_digits_are_within_half_a_unit_of_the_third(value: float) -> None:
    shown = float(sig3(value).replace(",", ""))
    assert shown == pytest.approx(value, rel=0.0051)


def test_units_are_there() -> None:
    assert percent(0.3121) == "31.2 %"
    assert percent(1e-6) == "< 0.01 %"
    assert percent(1.0) == "100 %"
    assert percent(math.nan) == "undefined"
    assert milliseconds(0.001) == "< 0.01 ms"
    assert milliseconds(12.3456) == "12.3 ms"


@pytest.mark.parametrize(
    ("size", "shown"),
    [((480, 360), (480, 360)), ((2560, 720), (1280, 360)), ((1, 5000), (1, 1280))],
)
def test_large_pictures_are_shown_smaller(size: tuple[int, int], shown: tuple[int, int]) -> None:
    assert display_size(size) == shown


def test_nearest_copies_the_middle_pixel() -> None:
    labels = np.arange(36, dtype=np.uint8).reshape(6, 6)
    assert nearest(labels, (2, 2)).tolist() == [[7, 10], [25, 28]]
    assert (nearest(labels, (6, 6)) == labels).all()
    assert nearest(labels, (12, 12))[::2, ::2].tolist() == labels.tolist()


@given(st.integers(0, 2**32 - 1))
def test_quantised_scores_keep_the_probabilities(seed: int) -> None:
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 4, (11, 3, 4)).astype(np.float32)
    kept, steps = quantise(logits)
    assert kept == list(range(11))
    back = np.exp(-steps.astype(np.float64) / 16)
    back /= back.sum(axis=0)
    exact = np.exp(logits - logits.max(0, keepdims=True)).astype(np.float64)
    exact /= exact.sum(axis=0)
    assert np.abs(back - exact).max() < 0.017
    # Only a tie within the rounding may change who wins.
    won = np.take_along_axis(exact, back.argmax(0)[None], 0)[0]
    assert (exact.max(0) - won < 0.017).all()


def test_of_many_classes_those_that_matter_are_kept() -> None:
    logits = np.full((150, 2, 2), -50, np.float32)
    logits[0] = 0
    logits[[3, 77, 149], 0, 0] = 10
    logits[120, 1, 1] = 20
    kept, steps = quantise(logits)
    assert len(kept) == 24
    assert {0, 3, 77, 120, 149} <= set(kept)
    assert steps.shape == (24, 2, 2)


def _view(seed: int = 7) -> caches.View:
    picture = caches.sample("street", seed)
    return caches.semantic(
        picture.image.digest, "street", None, "logits", caches.source_of(picture), picture
    )


def _unpack(blob: bytes) -> tuple[dict[str, object], dict[str, bytes]]:
    (length,) = struct.unpack_from("<I", blob)
    head = json.loads(blob[4 : 4 + length])
    base = 4 + length
    return head, {k: blob[base + at : base + at + n] for k, (at, n) in head["parts"].items()}


def test_the_packed_block_holds_the_exact_labels() -> None:
    view = _view()
    head, parts = _unpack(view.packed.blob(stage="x"))
    assert head["stage"] == "x"
    labels = np.frombuffer(zlib.decompress(parts["labels"]), np.uint8).reshape(HIGH, WIDE)
    assert (labels == view.result.labels).all()
    truth = np.frombuffer(zlib.decompress(parts["truth"]), np.uint8).reshape(HIGH, WIDE)
    assert view.picture.truth is not None
    assert (truth == view.picture.truth.labels).all()
    with PilImage.open(io.BytesIO(parts["photo"])) as photo:
        assert photo.size == (WIDE, HIGH)


def test_a_picture_where_nothing_is_judged_packs() -> None:
    view = _view()
    void = SemanticMap(np.full((HIGH, WIDE), 255, np.uint8), CAMVID_11)
    packed = pack(view.picture.image, void, alt="", upsampling="logits")
    assert all(item["share"] is None for item in packed.head["classes"])
    json.dumps(packed.head, allow_nan=False)


def test_facts_are_plain_and_complete() -> None:
    found = facts(_view())
    assert sum(row.pixels for row in found.rows) == found.total == WIDE * HIGH
    assert sum(row.share for row in found.rows) == pytest.approx(1)
    assert 1 / 11 <= found.confidence <= 1
    assert plain({"a": math.nan, "b": [math.inf, 1]}) == {"a": None, "b": [None, 1]}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("show", SHOWS)
@pytest.mark.parametrize("only", [(), (3,), (3, 4)])
def test_every_state_of_the_stage_can_be_downloaded(
    view: str, show: str, only: tuple[int, ...]
) -> None:
    for against, contour in zip(AGAINST, (False, True), strict=True):
        state = StageState(view, show, 55, contour, against, only)
        data = downloads.as_shown_png(_view(), state)
        with PilImage.open(io.BytesIO(data)) as picture:
            assert picture.size == ((2 * WIDE + 8, HIGH) if view == "side" else (WIDE, HIGH))


def test_opacity_zero_downloads_the_picture_itself() -> None:
    view = _view()
    for show in ("classes", "confidence", "errors", "changed"):
        data = downloads.as_shown_png(view, StageState(show=show, opacity=0))
        with PilImage.open(io.BytesIO(data)) as picture:
            assert (np.asarray(picture) == view.picture.image.pixels).all()


@pytest.mark.parametrize(
    "report",
    [
        None,
        "overlay",
        {},
        {"view": "overlay"},
        {"view": "x", "show": "classes", "against": "photo", "opacity": 1, "only": []},
        {"view": "mask", "show": "classes", "against": "photo", "opacity": 101, "only": []},
        {"view": "mask", "show": "classes", "against": "photo", "opacity": True, "only": []},
        {"view": "mask", "show": "classes", "against": "photo", "opacity": math.nan, "only": []},
        {"view": "mask", "show": "classes", "against": "photo", "opacity": 1, "only": "road"},
        {"view": ["mask"], "show": {}, "against": "photo", "opacity": 1, "only": []},
    ],
)
def test_a_senseless_report_is_ignored(report: object) -> None:
    assert stage.parse(report, CAMVID_11) is None


def test_a_report_keeps_known_classes_only() -> None:
    report = {
        "view": "mask",
        "show": "errors",
        "against": "truth",
        "opacity": 41.6,
        "contour": True,
        "only": [8, 99, "3", None],
    }
    assert stage.parse(report, CAMVID_11) == StageState("mask", "errors", 42, True, "truth", (8,))


@pytest.mark.parametrize("text", ["0", "42", "100"])
def test_whole_numbers_in_range_are_accepted(text: str) -> None:
    assert address.integer(0, 100)(text)


@pytest.mark.parametrize("text", ["", "-1", "101", "1e2", "4.0", " 4", "٤", "²", "9" * 99])
def test_other_numbers_are_not(text: str) -> None:
    assert not address.integer(0, 100)(text)


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1), (451, 300), (300, 451)])
def test_thumbnails_of_any_picture_are_small(size: tuple[int, int]) -> None:
    from seglib.images import Image

    thumb = _thumb(Image.from_array(np.zeros((size[1], size[0], 3), np.uint8)))
    assert thumb.shape[0] <= 144
    assert thumb.shape[1] <= 192


def test_the_queue_is_never_part_of_the_work() -> None:
    text = times_bar.html(StageTimes(decode_ms=5, infer_ms=15, queue_ms=400))
    assert '<dd class="sum">20.0 ms</dd>' in text
    assert '<dd data-stage="queue_ms">400 ms</dd>' in text
    assert "50.0 FPS" in text


def test_no_time_at_all_is_undefined() -> None:
    assert "undefined FPS" in times_bar.html(StageTimes())
