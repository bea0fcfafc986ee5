"""Into the network's input and back: exact arithmetic for odd, thin, small and large pictures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seglib.errors import ShapeError
from seglib.images import (
    Image,
    Placement,
    argmax_upsampled,
    fit_pad,
    resize,
    shrink_to,
    stretch,
)

SIDE = st.integers(1, 70)
SIZES = st.tuples(SIDE, SIDE)
FRACTIONS = st.sampled_from([1, 2, 4])


def reference(scores: np.ndarray, placement: Placement) -> np.ndarray:
    """Half-pixel bilinear, one pixel at a time, in float64."""
    (width, height), (target_width, target_height) = placement.source_size, placement.target_size
    x, y, box_width, box_height = placement.box
    _, h, w = scores.shape

    def samples(pixels, start, length, target, cells):
        first = int(np.floor(start * cells / target))
        last = int(np.ceil((start + length) * cells / target)) - 1
        for i in range(pixels):
            centre = ((i + 0.5) / pixels * length + start) * cells / target - 0.5
            lower = int(np.floor(centre))
            weight = centre - lower
            yield min(max(lower, first), last), min(max(lower + 1, first), last), weight

    out = np.empty((len(scores), height, width))
    for i, (top, bottom, v) in enumerate(samples(height, y, box_height, target_height, h)):
        for j, (left, right, u) in enumerate(samples(width, x, box_width, target_width, w)):
            above = scores[:, top, left] * (1 - u) + scores[:, top, right] * u
            below = scores[:, bottom, left] * (1 - u) + scores[:, bottom, right] * u
            out[:, i, j] = above * (1 - v) + below * v
    return out


def placed(source: tuple[int, int], target: tuple[int, int], way: str) -> Placement:
    pixels = np.zeros((source[1], source[0], 3), np.uint8)
    if way == "stretch":
        return stretch(pixels, target)[1]
    return fit_pad(pixels, target, anchor=way)[1]


WAYS = st.sampled_from(["stretch", "centre", "corner"])


@settings(max_examples=150, deadline=None)
@given(source=SIZES, target=SIZES, way=WAYS)
def test_the_box_lies_inside_and_keeps_proportions(source, target, way) -> None:
    placement = placed(source, target, way)
    x, y, width, height = placement.box
    assert placement.source_size == source
    assert placement.target_size == target
    assert 0 <= x <= x + width <= target[0]
    assert 0 <= y <= y + height <= target[1]
    if way == "stretch":
        assert placement.box == (0, 0, *target)
        return
    assert width == target[0] or height == target[1]
    scale = min(target[0] / source[0], target[1] / source[1])
    assert abs(width - source[0] * scale) <= 0.5 + 1e-9 or width == 1
    assert abs(height - source[1] * scale) <= 0.5 + 1e-9 or height == 1
    if way == "corner":
        assert (x, y) == (0, 0)
    else:
        assert abs(target[0] - width - 2 * x) <= 1
        assert abs(target[1] - height - 2 * y) <= 1


@settings(max_examples=100, deadline=None)
@given(source=SIZES, target=SIZES, way=WAYS, part=FRACTIONS, label=st.integers(0, 255))
def test_a_constant_map_comes_back_constant(source, target, way, part, label) -> None:
    placement = placed(source, target, way)
    cells = (-(-target[1] // part), -(-target[0] // part))
    labels = placement.restore_labels(np.full(cells, label, np.uint8))
    assert labels.shape == (source[1], source[0])
    assert labels.dtype == np.uint8
    assert (labels == label).all()
    scores = placement.restore_scores(np.full((2, *cells), label / 255, np.float32))
    assert scores.shape == (2, source[1], source[0])
    assert scores.dtype == np.float32
    np.testing.assert_allclose(scores, label / 255, rtol=1e-6)


@settings(max_examples=100, deadline=None)
@given(source=SIZES, target=SIZES, anchor=st.sampled_from(["centre", "corner"]), part=FRACTIONS)
def test_padding_never_comes_back(source, target, anchor, part) -> None:
    target = (target[0] * part, target[1] * part)
    placement = placed(source, target, anchor)
    x, y, width, height = placement.box
    inside = np.zeros((target[1], target[0]), bool)
    inside[y : y + height, x : x + width] = True
    # A cell is the picture's if any pixel of it is.
    cells = inside.reshape(target[1] // part, part, target[0] // part, part).any(axis=(1, 3))
    assert placement.restore_labels(cells.astype(np.uint8)).all()
    np.testing.assert_allclose(placement.restore_scores(cells[None].astype(np.float32)), 1)


@settings(max_examples=60, deadline=None)
@given(target=SIZES, factor=st.integers(1, 4), seed=st.integers(0, 9))
def test_labels_of_a_stretched_picture_come_back_exactly(target, factor, seed) -> None:
    # The picture is a whole number of times larger than the map: each cell becomes a block.
    cells = np.random.default_rng(seed).integers(0, 999, (target[1], target[0]), dtype=np.uint16)
    placement = placed((target[0] * factor, target[1] * factor), target, "stretch")
    expected = np.kron(cells, np.ones((factor, factor), np.uint16))
    np.testing.assert_array_equal(placement.restore_labels(cells), expected)


@settings(max_examples=60, deadline=None)
@given(size=SIZES, factor=st.integers(1, 3), seed=st.integers(0, 9))
def test_a_padded_map_comes_back_exactly(size, factor, seed) -> None:
    source = np.random.default_rng(seed).integers(0, 256, (size[1], size[0]), dtype=np.uint8)
    wide = (size[0] * factor, size[1] * factor)
    placement = Placement(size, (wide[0] + 7, wide[1] + 5), (4, 3, *wide))
    network = np.full((wide[1] + 5, wide[0] + 7), 99, np.uint8)
    network[3 : 3 + wide[1], 4 : 4 + wide[0]] = np.kron(source, np.ones((factor, factor), np.uint8))
    np.testing.assert_array_equal(placement.restore_labels(network), source)


def test_nearest_by_hand() -> None:
    # 4 cells over an input of 8 with the picture in columns 2..6: cells 1 and 2, half each.
    placement = Placement((2, 1), (8, 2), (2, 0, 4, 2))
    np.testing.assert_array_equal(
        placement.restore_labels(np.array([[10, 11, 12, 13]], np.uint8)), [[11, 12]]
    )
    # 3 pixels over 2 cells: centres at 1/3, 1 and 5/3 of the width; the middle falls in cell 1.
    placement = Placement((3, 1), (2, 1), (0, 0, 2, 1))
    np.testing.assert_array_equal(
        placement.restore_labels(np.array([[5, 6]], np.uint8)), [[5, 6, 6]]
    )


def test_bilinear_by_hand() -> None:
    # Twice as large: weights of a quarter and three quarters, constant beyond the last centres.
    placement = Placement((4, 1), (2, 1), (0, 0, 2, 1))
    scores = placement.restore_scores(np.array([[[0, 8]]], np.float32))
    np.testing.assert_array_equal(scores, [[[0, 2, 6, 8]]])


@settings(max_examples=80, deadline=None)
@given(source=SIZES, target=SIZES, way=WAYS, part=FRACTIONS, seed=st.integers(0, 99))
def test_scores_agree_with_the_reference(source, target, way, part, seed) -> None:
    placement = placed(source, target, way)
    cells = (-(-target[1] // part), -(-target[0] // part))
    scores = np.random.default_rng(seed).random((2, *cells), dtype=np.float32)
    restored = placement.restore_scores(scores)
    np.testing.assert_allclose(restored, reference(scores, placement), rtol=0, atol=1e-5)


@pytest.mark.parametrize("source", [(1, 1), (1, 5000), (5000, 1), (639, 427)])
@pytest.mark.parametrize("way", ["stretch", "centre", "corner"])
def test_street_network_sizes(source: tuple[int, int], way: str) -> None:
    placement = placed(source, (480, 360), way)
    logits = np.random.default_rng(1).normal(size=(11, 90, 120)).astype(np.float32)
    scores = placement.restore_scores(logits)
    assert scores.shape == (11, source[1], source[0])
    labels = argmax_upsampled(logits, placement)
    assert_same_classes(labels, scores)
    assert placement.restore_labels(np.zeros((90, 120), np.uint8)).shape == source[::-1]
    if source[0] * source[1] <= 5000:
        np.testing.assert_allclose(scores, reference(logits, placement), atol=5e-5)


# --- argmax ------------------------------------------------------------------------------------


def assert_same_classes(labels: np.ndarray, scores: np.ndarray) -> None:
    """Equal, except where two classes are level to float32 rounding: there either may stand."""
    expected = scores.argmax(axis=0)
    chosen = np.take_along_axis(scores, labels[None].astype(np.intp), axis=0)[0]
    tolerance = 4 * np.finfo(np.float32).eps * np.abs(scores).max()
    assert (scores.max(axis=0) - chosen <= tolerance).all()
    level = np.sort(scores, axis=0)[-2:]
    clear = level[-1] - level[0] > tolerance if len(scores) > 1 else np.ones_like(chosen, bool)
    np.testing.assert_array_equal(labels[clear], expected[clear])
    assert clear.mean() > 0.99 or clear.size < 1000


@settings(max_examples=60, deadline=None)
@given(
    source=SIZES,
    target=SIZES,
    way=WAYS,
    part=FRACTIONS,
    classes=st.integers(1, 12),
    seed=st.integers(0, 99),
)
def test_argmax_is_that_of_the_scores(source, target, way, part, classes, seed) -> None:
    placement = placed(source, target, way)
    cells = (-(-target[1] // part), -(-target[0] // part))
    logits = np.random.default_rng(seed).normal(size=(classes, *cells)).astype(np.float32) * 8
    labels = argmax_upsampled(logits, placement)
    assert labels.dtype == np.uint8
    assert_same_classes(labels, placement.restore_scores(logits))


@pytest.mark.parametrize("way", ["stretch", "centre"])
def test_argmax_of_smooth_logits(way: str) -> None:
    row, column = np.mgrid[0:90, 0:120].astype(np.float32)
    centres = np.random.default_rng(5).random((11, 2)) * (90, 120)
    logits = np.stack([-np.hypot(row - y, column - x) / 4 for y, x in centres]).astype(np.float32)
    placement = placed((641, 359), (480, 360), way)
    labels = argmax_upsampled(logits, placement)
    assert_same_classes(labels, placement.restore_scores(logits))
    assert len(np.unique(labels)) == 11


@settings(max_examples=40, deadline=None)
@given(source=SIZES, target=SIZES, way=WAYS, seed=st.integers(0, 9))
def test_where_four_cells_agree_the_pixel_agrees(source, target, way, seed) -> None:
    # One class leads in every cell by little more than rounding: it leads in between as well.
    logits = np.random.default_rng(seed).normal(size=(5, target[1], target[0])).astype(np.float32)
    logits[0] = logits.max(axis=0) + 1e-5
    assert (argmax_upsampled(logits, placed(source, target, way)) == 0).all()


def test_ties_go_to_the_lowest_id() -> None:
    logits = np.zeros((4, 3, 3), np.float32)
    logits[2:] = 1
    assert (argmax_upsampled(logits, placed((9, 9), (3, 3), "stretch")) == 2).all()


def test_argmax_reaches_id_255() -> None:
    logits = np.zeros((256, 2, 2), np.float32)
    logits[255] = 1
    assert (argmax_upsampled(logits, placed((5, 5), (2, 2), "stretch")) == 255).all()
    with pytest.raises(ShapeError, match="256 classes"):
        argmax_upsampled(np.zeros((257, 2, 2), np.float32), placed((5, 5), (2, 2), "stretch"))


def test_inputs_are_not_changed() -> None:
    logits = np.random.default_rng(0).normal(size=(3, 4, 5)).astype(np.float32)
    before = logits.copy()
    logits.setflags(write=False)
    for way in ("stretch", "centre"):
        argmax_upsampled(logits, placed((17, 9), (5, 4), way))
        placed((17, 9), (5, 4), way).restore_scores(logits)
    np.testing.assert_array_equal(logits, before)


# --- resizing ----------------------------------------------------------------------------------


def test_shrinking_averages_areas() -> None:
    checks = (np.indices((64, 64)).sum(axis=0) % 2 * 255).astype(np.uint8)
    small = resize(checks, (16, 16))
    assert np.abs(small.astype(int) - 127.5).max() <= 1  # a plain linear resize gives 0 or 255


def test_each_direction_is_resized_its_own_way() -> None:
    # Shrinks across (averaged), grows down (linear).
    pixels = np.array([[0, 100, 50, 50], [200, 100, 50, 50]], np.uint8)
    resized = resize(pixels, (2, 4))
    np.testing.assert_array_equal(resized, [[50, 50], [75, 50], [125, 50], [150, 50]])


def test_fit_pad_fills_with_the_padding() -> None:
    pixels = np.full((10, 20, 3), 200, np.uint8)
    array, placement = fit_pad(pixels, (20, 20), pad_value=(1, 2, 3))
    assert placement.box == (0, 5, 20, 10)
    assert (array[5:15] == 200).all()
    assert (array[:5] == (1, 2, 3)).all()
    assert (array[15:] == (1, 2, 3)).all()
    array, placement = fit_pad(pixels, (20, 20), pad_value=9, anchor="corner")
    assert placement.box == (0, 0, 20, 10)
    assert (array[10:] == 9).all()


def test_stretch_fills_everything() -> None:
    array, placement = stretch(np.full((7, 3, 3), 200, np.uint8), (10, 4))
    assert array.shape == (4, 10, 3)
    assert (array == 200).all()
    assert placement == Placement((3, 7), (10, 4), (0, 0, 10, 4))


@settings(max_examples=60, deadline=None)
@given(size=SIZES, longest=st.integers(1, 90))
def test_shrink_to_keeps_proportions(size, longest) -> None:
    image = Image(np.full((size[1], size[0], 3), 77, np.uint8))
    small = shrink_to(image, longest)
    if max(size) <= longest:
        assert small is image
        return
    assert max(small.size) == longest
    assert min(small.size) >= 1
    scale = longest / max(size)
    assert all(
        abs(now - was * scale) <= 0.5 + 1e-9 or now == 1
        for now, was in zip(small.size, size, strict=True)
    )
    assert (small.pixels == 77).all()


@pytest.mark.parametrize(
    ("source", "target", "box"),
    [
        ((5, 5), (10, 10), (0, 0, 11, 10)),
        ((5, 5), (10, 10), (-1, 0, 5, 5)),
        ((5, 5), (10, 10), (0, 0, 0, 5)),
        ((0, 5), (10, 10), (0, 0, 10, 10)),
    ],
)
def test_placements_outside_the_input_are_refused(source, target, box) -> None:
    with pytest.raises(ShapeError, match="expected a box inside"):
        Placement(source, target, box)


def test_wrong_arrays_are_refused() -> None:
    placement = Placement((5, 5), (10, 10), (0, 0, 10, 10))
    with pytest.raises(ShapeError, match=r"labels \(h, w\), got \(1, 10, 10\)"):
        placement.restore_labels(np.zeros((1, 10, 10), np.uint8))
    with pytest.raises(ShapeError, match=r"scores \(C, h, w\), got \(10, 10\)"):
        placement.restore_scores(np.zeros((10, 10)))
    with pytest.raises(ShapeError, match=r"logits \(C, h, w\)"):
        argmax_upsampled(np.zeros((10, 10)), placement)
    with pytest.raises(ShapeError, match="float64"):
        stretch(np.zeros((4, 4, 3)), (5, 5))
    with pytest.raises(ShapeError, match="at least 1×1"):
        fit_pad(np.zeros((4, 4, 3), np.uint8), (0, 5))
    with pytest.raises(ShapeError, match="anchor"):
        fit_pad(np.zeros((4, 4, 3), np.uint8), (5, 5), anchor="left")
    with pytest.raises(ShapeError, match="at least 1 pixel"):
        shrink_to(Image(np.zeros((4, 4, 3), np.uint8)), 0)
