"""Segmenter: whole way, split for caching, upsampling, times, threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from seglib import images, models
from seglib.engine import FakeEngine, process_registry
from seglib.errors import EngineError, ImageError, UsageError
from seglib.images import Image
from seglib.models.segmenter import three_digits
from seglib.results import SemanticMap, StageTimes
from tests.data.tiny_models import colour_net

STREET = models.find("street")


@pytest.fixture(scope="module")
def card(tmp_path_factory):
    """A model that says 0 for red, 1 for green, 2 for blue pixels."""
    root = tmp_path_factory.mktemp("assets")
    colour_net(root / "models" / "colours")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEGLIB_ASSETS", str(root))
        patch.setenv("SEGLIB_CACHE", "off")
        yield replace(STREET, name="colours", file="colours/colours.xml", input_size=(48, 36))
    process_registry().clear()


def flag(width=96, height=72):
    """Three vertical bars: red, green, blue."""
    pixels = np.zeros((height, width, 3), np.uint8)
    for bar in range(3):
        pixels[:, bar * width // 3 : (bar + 1) * width // 3, bar] = 255
    return Image(pixels)


def bars(width=96, height=72):
    return np.repeat(np.arange(3, dtype=np.uint8), width // 3)[None].repeat(height, 0)


@pytest.mark.parametrize("upsampling", models.UPSAMPLINGS)
@pytest.mark.parametrize("scores", [False, True])
def test_the_whole_way_on_a_known_answer(card, upsampling, scores):
    segmenter = models.load(card)
    result, times = segmenter.segment(flag(), upsampling=upsampling, scores=scores)
    assert isinstance(result, SemanticMap)
    np.testing.assert_array_equal(result.labels, bars())
    assert result.labels.dtype == np.uint8
    assert not result.labels.flags.writeable
    assert result.size == (96, 72)
    assert result.label_set.name == "camvid-11"
    assert result.logits.shape == (11, 18, 24)
    assert not result.logits.flags.writeable
    assert times.infer_ms > 0
    assert times.preprocess_ms > 0
    assert times.postprocess_ms > 0
    assert times.decode_ms == times.render_ms == 0
    if scores:
        assert result.scores.shape == (11, 72, 96)
        np.testing.assert_allclose(result.scores.sum(axis=0), 1, atol=1e-5)
        np.testing.assert_array_equal(result.scores.argmax(axis=0), result.labels)
    else:
        assert result.scores is None


def random_fake(seed=0, classes=11, size=(18, 24)):
    logits = np.random.default_rng(seed).normal(size=(1, classes, *size)).astype(np.float32)
    return FakeEngine({"logits": logits})


@pytest.mark.parametrize("size", [(96, 72), (1, 1), (5, 200), (101, 67), (10, 8)])
def test_labels_equal_the_argmax_of_upsampled_logits(size):
    segmenter = models.Segmenter(STREET, random_fake())
    picture = Image(np.zeros((size[1], size[0], 3), np.uint8))
    forward = segmenter.forward(picture)
    smooth = segmenter.finish(forward, upsampling="logits").result
    reference = forward.placement.restore_scores(forward.outputs["logits"][0])
    np.testing.assert_array_equal(smooth.labels, reference.argmax(axis=0))
    stairs = segmenter.finish(forward, upsampling="labels").result
    cells = forward.outputs["logits"][0].argmax(axis=0).astype(np.uint8)
    np.testing.assert_array_equal(stairs.labels, forward.placement.restore_labels(cells))
    for upsampling, expected in (("logits", smooth), ("labels", stairs)):
        kept = segmenter.finish(forward, upsampling=upsampling, scores=True).result
        np.testing.assert_array_equal(kept.labels, expected.labels)
        np.testing.assert_array_equal(kept.scores.argmax(axis=0), expected.labels)


def test_the_two_upsamplings_differ_where_it_matters():
    segmenter = models.Segmenter(STREET, random_fake())
    forward = segmenter.forward(Image(np.zeros((72, 96, 3), np.uint8)))
    one, two = (segmenter.finish(forward, upsampling=way).result for way in models.UPSAMPLINGS)
    assert (one.labels != two.labels).mean() > 0.05


def test_finish_never_runs_the_network():
    engine = random_fake()
    segmenter = models.load(STREET, engine=engine)
    forward = segmenter.forward(flag())
    for upsampling in models.UPSAMPLINGS:
        for scores in (False, True):
            segmenter.finish(forward, upsampling=upsampling, scores=scores)
    assert engine.calls == 1


def test_queue_wait_is_apart_from_infer():
    engine = random_fake()
    ask = engine.infer
    engine.infer = lambda *args, **options: replace(ask(*args, **options), queue_ms=90_000.0)
    times = models.Segmenter(STREET, engine).segment(flag()).times
    assert times.queue_ms == 90_000.0
    assert times.infer_ms < 90_000.0
    assert times.total_ms > 90_000.0


def test_bytes_are_decoded_and_timed(card):
    segmenter = models.load(card)
    result, times = segmenter.segment_bytes(images.encode_png(flag().pixels))
    np.testing.assert_array_equal(result.labels, bars())
    assert times.decode_ms > 0
    with pytest.raises(ImageError):
        segmenter.segment_bytes(b"this is no picture")


def test_loading_twice_shares_one_compiled_network(card):
    process_registry().clear()
    first, second = models.load(card), models.load(card)
    assert len(process_registry().keys()) == 1
    models.load(card, precision="f32")
    assert len(process_registry().keys()) == 2
    assert models.load(card, precision="f32").info.precision == "f32"
    np.testing.assert_array_equal(
        first.segment(flag()).result.labels, second.segment(flag()).result.labels
    )


def test_a_segmenter_survives_the_eviction_of_its_engine(card):
    segmenter = models.load(card)
    process_registry().clear()
    np.testing.assert_array_equal(segmenter.segment(flag()).result.labels, bars())


def test_threads(card):
    segmenter = models.load(card)
    rng = np.random.default_rng(5)
    pictures = [Image(rng.integers(0, 256, (50, 70, 3), dtype=np.uint8)) for _ in range(8)]
    single = [segmenter.segment(picture).result.labels for picture in pictures]
    with ThreadPoolExecutor(16) as pool:
        many = list(pool.map(lambda i: segmenter.segment(pictures[i % 8]).result.labels, range(64)))
    assert all(np.array_equal(single[i % 8], labels) for i, labels in enumerate(many))
    assert len({labels.tobytes() for labels in single}) == 8


def test_fit_keeps_proportions(card):
    tall = Image(np.ascontiguousarray(flag(96, 72).pixels.transpose(1, 0, 2)))
    segmenter = models.load(replace(card, resize="fit"))
    forward = segmenter.forward(tall)
    assert forward.placement.box == (10, 0, 27, 36)
    result = segmenter.finish(forward, upsampling="labels").result
    assert result.size == (72, 96)
    assert (result.labels == bars().T).mean() > 0.95


def test_preprocess_steps_end_in_what_the_plain_network_takes(card):
    steps = models.load(card).preprocess_steps(flag())
    assert steps[0].array.shape == (36, 48, 3)
    assert steps[-1].array.shape == (1, 3, 36, 48)
    assert steps[-1].array.min() == -1
    assert steps[-1].array.max() == 1


def test_wrong_options_and_wrong_networks_say_so():
    segmenter = models.Segmenter(STREET, random_fake())
    with pytest.raises(UsageError, match="expected upsampling logits or labels, got 'cubic'"):
        segmenter.segment(flag(), upsampling="cubic")
    with pytest.raises(UsageError, match="expected precision f32, bf16, f16 or int8, got 'i4'"):
        models.load("street", precision="i4")
    with pytest.raises(EngineError, match=r"expected logits \(1, 11, h, w\) of street, got"):
        models.Segmenter(STREET, random_fake(classes=12)).segment(flag())


def test_describe():
    segmenter = models.Segmenter(replace(STREET, file="nowhere/x.xml"), random_fake())
    assert segmenter.describe() == "street · f32"
    assert segmenter.describe(StageTimes(infer_ms=12.44)) == "street · f32 · 12.4 ms"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.1234, "0.123"),
        (3.8449, "3.84"),
        (9.999, "10.0"),
        (12.44, "12.4"),
        (1234, "1234"),
    ],
)
def test_three_digits(value, text):
    assert three_digits(value) == text


def smooth_logits(rng, classes, height, width):
    """Large blobs, as a trained network gives them: few cells are in doubt."""
    import cv2

    rough = rng.normal(size=(classes, max(height // 12, 2), max(width // 12, 2))).astype(np.float32)
    return np.stack(
        [cv2.resize(plane, (width, height), interpolation=cv2.INTER_CUBIC) for plane in rough]
    )


@pytest.mark.parametrize("source", [(1280, 720), (481, 359), (97, 1000), (60, 45), (1, 1)])
@pytest.mark.parametrize("box", [(0, 0, 240, 180), (31, 0, 178, 180), (0, 40, 240, 100)])
def test_boundary_argmax_equals_the_dense_one(source, box):
    logits = smooth_logits(np.random.default_rng(source[0]), 11, 90, 120)
    placement = images.Placement(source, (240, 180), box)
    sparse = images.argmax_upsampled(logits, placement)
    np.testing.assert_array_equal(sparse, placement.restore_scores(logits).argmax(axis=0))
    assert sparse.shape == (source[1], source[0])


def test_boundary_argmax_of_one_class_and_of_ties():
    placement = images.Placement((50, 40), (12, 9), (0, 0, 12, 9))
    only = np.zeros((11, 9, 12), np.float32)
    only[4] = 1
    assert (images.argmax_upsampled(only, placement) == 4).all()
    assert (images.argmax_upsampled(np.zeros((11, 9, 12), np.float32), placement) == 0).all()


def test_boundary_argmax_of_a_class_that_wins_only_between_cells(monkeypatch):
    # at both cells another class is ahead, half way the third one is: only mixing shows it
    logits = np.array([[[4.0, 0.0]], [[0.0, 4.0]], [[3.0, 3.0]]], np.float32)
    placement = images.Placement((8, 1), (2, 1), (0, 0, 2, 1))
    wide = np.tile(logits, (1, 1, 20))  # enough agreeing cells elsewhere to stay sparse
    wide[:, :, 2:] = logits[:, :, 1:]
    monkeypatch.setattr("seglib.images.boundary.DENSE_FROM", 1.0)  # no way out
    wide_placement = images.Placement((160, 1), (40, 1), (0, 0, 40, 1))
    expected = [0, 0, 0, 2, 2, 1, 1, 1]
    np.testing.assert_array_equal(images.argmax_upsampled(logits, placement)[0], expected)
    np.testing.assert_array_equal(images.argmax_upsampled(wide, wide_placement)[0, :8], expected)
