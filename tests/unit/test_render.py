"""Results as pictures: exact colours, untouched void, fixed meanings."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from skimage.color import rgb2gray, rgb2lab

from seglib import render
from seglib.errors import LabelError, ShapeError
from seglib.labels import ALL, CAMVID_11, COCO_PANOPTIC_133, Label, LabelSet
from seglib.results import SemanticMap

KINDS = st.sampled_from([np.uint8, np.uint16])
SHAPES = hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=24)
RNG = np.random.default_rng(11)
PHOTO = RNG.integers(0, 256, (6, 8, 3), dtype=np.uint8)
LABELS = np.array([[0] * 4 + [3] * 4] * 3 + [[8] * 4 + [255] * 4] * 3, np.uint8)

SKY, ROAD, CAR, VOID = (128, 128, 128), (128, 64, 128), (64, 0, 128), (224, 224, 192)

WIDE = LabelSet("wide", "Wide", (Label(0, "a", (1, 2, 3)), Label(999, "b", (4, 5, 6))), ignore=255)


# --- colourise ----------------------------------------------------------------------------------


@settings(max_examples=50, deadline=None)
@given(
    labels=hnp.arrays(KINDS, SHAPES, elements=st.integers(0, 255)),
    label_set=st.sampled_from(ALL),
)
def test_colourise_looks_up_every_pixel(labels, label_set) -> None:
    colours = render.colourise(labels, label_set)
    assert colours.dtype == np.uint8
    np.testing.assert_array_equal(colours, label_set.palette[labels])


def test_colourise_by_hand() -> None:
    colours = render.colourise(LABELS, CAMVID_11)
    assert [tuple(colours[row, column]) for row, column in ((0, 0), (0, 7), (5, 0), (5, 7))] == [
        SKY,
        ROAD,
        CAR,
        VOID,
    ]


def test_colourise_ids_over_255() -> None:
    colours = render.colourise(np.array([[0, 999]], np.uint16), WIDE)
    np.testing.assert_array_equal(colours, [[[1, 2, 3], [4, 5, 6]]])
    with pytest.raises(LabelError, match="below 1000, got 1000"):
        render.colourise(np.array([[1000]], np.uint16), WIDE)


# --- overlay ------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(
    labels=hnp.arrays(np.uint8, SHAPES, elements=st.sampled_from([*range(11), 255])),
    opacity=st.floats(0, 1),
    seed=st.integers(0, 99),
)
def test_overlay_blends_labelled_pixels_alone(labels, opacity, seed) -> None:
    photo = np.random.default_rng(seed).integers(0, 256, (*labels.shape, 3), dtype=np.uint8)
    drawn = render.overlay(photo, labels, CAMVID_11, opacity=opacity)
    expected = photo * (1 - opacity) + CAMVID_11.palette[labels] * opacity
    void = labels == 255
    np.testing.assert_array_equal(drawn[void], photo[void])
    assert np.abs(drawn - expected)[~void].max(initial=0) <= 0.51


def test_overlay_ends() -> None:
    np.testing.assert_array_equal(render.overlay(PHOTO, LABELS, CAMVID_11, opacity=0), PHOTO)
    full = render.overlay(PHOTO, LABELS, CAMVID_11, opacity=1)
    known = LABELS != 255
    np.testing.assert_array_equal(full[known], render.colourise(LABELS, CAMVID_11)[known])
    np.testing.assert_array_equal(full[~known], PHOTO[~known])


def test_overlay_only_dims_everything_else() -> None:
    plain = render.overlay(PHOTO, LABELS, CAMVID_11)
    drawn = render.overlay(PHOTO, LABELS, CAMVID_11, only={8})
    np.testing.assert_array_equal(drawn[LABELS == 8], plain[LABELS == 8])
    rest = drawn[LABELS != 8]
    assert (rest == rest[:, :1]).all()  # grey
    assert rest.max() <= 0.45 * 255 + 31
    # The order of brightness stays, so that the scene is still recognised.
    before = rgb2gray(PHOTO)[LABELS != 8]
    assert np.corrcoef(before, rest[:, 0])[0, 1] > 0.95


def test_overlay_only_nothing_and_only_void() -> None:
    nothing = render.overlay(PHOTO, LABELS, CAMVID_11, only=())
    np.testing.assert_array_equal(nothing, render.dimmed(PHOTO))
    void = render.overlay(PHOTO, LABELS, CAMVID_11, only=[255])
    np.testing.assert_array_equal(void[LABELS == 255], PHOTO[LABELS == 255])
    np.testing.assert_array_equal(void[LABELS != 255], nothing[LABELS != 255])


def test_overlay_contour_is_white_over_black() -> None:
    drawn = render.overlay(PHOTO, LABELS, CAMVID_11, contour=True, opacity=0)
    line = render.contour_mask(LABELS)
    assert (drawn[line] == 255).all()
    black = (drawn == 0).all(axis=2)
    assert (black & ~line).sum() > 10
    touched = line | black
    np.testing.assert_array_equal(drawn[~touched], PHOTO[~touched])


def test_overlay_contour_of_one_class_runs_around_it_alone() -> None:
    drawn = render.overlay(PHOTO, LABELS, CAMVID_11, contour=True, only=[0])
    alone = np.where(LABELS == 0, np.uint8(0), np.uint8(1))
    white = (drawn == 255).all(axis=2)
    np.testing.assert_array_equal(white, render.contour_mask(alone))


def test_overlay_takes_16_bit_labels() -> None:
    for options in ({}, {"only": [3, 8]}, {"contour": True}, {"only": [0], "contour": True}):
        np.testing.assert_array_equal(
            render.overlay(PHOTO, LABELS.astype(np.uint16), CAMVID_11, **options),
            render.overlay(PHOTO, LABELS, CAMVID_11, **options),
        )


def test_overlay_changes_no_input() -> None:
    photo, labels = PHOTO.copy(), LABELS.copy()
    photo.setflags(write=False)
    labels.setflags(write=False)
    drawn = render.overlay(photo, labels, CAMVID_11, only=[0], contour=True)
    assert drawn.flags.writeable
    np.testing.assert_array_equal(photo, PHOTO)
    np.testing.assert_array_equal(labels, LABELS)


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (5000, 1)])
def test_thin_pictures_are_drawn(shape: tuple[int, int]) -> None:
    photo = np.full((*shape, 3), 90, np.uint8)
    labels = (np.arange(shape[0] * shape[1]).reshape(shape) // 7 % 11).astype(np.uint8)
    drawn = render.overlay(photo, labels, CAMVID_11, only=[0, 1], contour=True)
    assert drawn.shape == photo.shape
    assert render.error_map(labels, labels[::-1, ::-1].copy(), pixels=photo).shape == photo.shape
    assert render.heat(np.zeros(shape, np.float32)).shape == photo.shape


# --- contours -----------------------------------------------------------------------------------


def test_contour_by_hand() -> None:
    labels = np.array([[1, 1, 2], [1, 1, 2], [3, 3, 3]], np.uint8)
    expected = [[0, 1, 0], [1, 1, 1], [0, 0, 0]]
    np.testing.assert_array_equal(render.contour_mask(labels), np.array(expected, bool))


@settings(max_examples=60, deadline=None)
@given(labels=hnp.arrays(KINDS, SHAPES, elements=st.integers(0, 3)))
def test_contour_is_where_the_next_pixel_differs(labels) -> None:
    expected = np.zeros(labels.shape, bool)
    expected[:, :-1] |= labels[:, :-1] != labels[:, 1:]
    expected[:-1] |= labels[:-1] != labels[1:]
    mask = render.contour_mask(labels)
    assert mask.dtype == bool
    np.testing.assert_array_equal(mask, expected)


def test_contour_tells_16_bit_labels_apart() -> None:
    # The same low byte: a comparison of bytes would see no border.
    assert render.contour_mask(np.array([[1, 257]], np.uint16)).tolist() == [[True, False]]


# --- heat ---------------------------------------------------------------------------------------


def test_the_ramp_rises_in_lightness_alone() -> None:
    lightness = rgb2lab(render.RAMP[None])[0, :, 0]
    steps = np.diff(lightness)
    assert (steps > 0).all()
    assert lightness[0] < 15
    assert lightness[-1] > 88
    assert np.abs(lightness - np.linspace(lightness[0], lightness[-1], 256)).max() < 4


def test_heat_by_hand() -> None:
    drawn = render.heat(np.array([[0.0, 0.5, 1.0], [-1.0, 9.0, np.nan]]))
    np.testing.assert_array_equal(drawn[0, 0], render.RAMP_STOPS[0])
    np.testing.assert_array_equal(drawn[0, 1], render.RAMP[128])
    np.testing.assert_array_equal(drawn[0, 2], render.RAMP_STOPS[-1])
    np.testing.assert_array_equal(drawn[1, 0], render.RAMP_STOPS[0])
    np.testing.assert_array_equal(drawn[1, 1], render.RAMP_STOPS[-1])
    np.testing.assert_array_equal(drawn[1, 2], render.UNDEFINED_COLOR)


def test_heat_limits_and_infinities() -> None:
    drawn = render.heat(np.array([[-np.inf, 10, 20, np.inf]], np.float32), low=10, high=20)
    np.testing.assert_array_equal(drawn[0, 0], drawn[0, 1])
    np.testing.assert_array_equal(drawn[0, 2], drawn[0, 3])
    np.testing.assert_array_equal(drawn[0, 3], render.RAMP[-1])


@pytest.mark.parametrize(("low", "high"), [(1, 1), (2, 1), (np.nan, 1), (0, np.inf)])
def test_heat_needs_a_range(low: float, high: float) -> None:
    with pytest.raises(ShapeError, match="low < high"):
        render.heat(np.zeros((2, 2)), low=low, high=high)


# --- mistakes -----------------------------------------------------------------------------------

TRUTH = np.array([[0, 0, 1, 1, 255]], np.uint8)
GUESS = np.array([[0, 1, 1, 0, 1]], np.uint8)


def test_error_map_of_all_classes() -> None:
    drawn = render.error_map(TRUTH, GUESS)[0]
    wrong = (213, 94, 0)
    assert [tuple(pixel) for pixel in drawn[:4]] == [render.NEUTRAL, wrong, render.NEUTRAL, wrong]
    assert tuple(drawn[4]) not in {wrong, render.NEUTRAL}


def test_error_map_of_one_class() -> None:
    drawn = render.error_map(TRUTH, GUESS, class_id=1)[0]
    assert [tuple(pixel) for pixel in drawn[:4]] == [
        render.NEUTRAL,
        (213, 94, 0),  # found, not there
        (0, 158, 115),  # found and there
        (204, 121, 167),  # there, not found
    ]


def test_error_map_hatches_what_is_ignored() -> None:
    truth = np.full((16, 16), 255, np.uint8)
    drawn = render.error_map(truth, np.zeros_like(truth))
    colours = {tuple(pixel) for pixel in drawn.reshape(-1, 3)}
    assert len(colours) == 2
    assert all(red == green == blue for red, green, blue in colours)
    for row in drawn[..., 0]:
        assert len(set(row)) == 2  # stripes cross every row


def test_error_map_without_an_ignore_label_judges_everything() -> None:
    drawn = render.error_map(TRUTH, GUESS, ignore=None)[0]
    assert tuple(drawn[4]) == render.FALSE_POSITIVE


def test_an_ignored_prediction_is_a_mistake() -> None:
    drawn = render.error_map(np.zeros((1, 1), np.uint8), np.full((1, 1), 255, np.uint8))
    assert tuple(drawn[0, 0]) == render.FALSE_POSITIVE


def test_error_map_over_the_picture() -> None:
    truth, guess = np.zeros((6, 8), np.uint8), np.zeros((6, 8), np.uint16)
    guess[0] = 5
    drawn = render.error_map(truth, guess, pixels=PHOTO)
    np.testing.assert_array_equal(drawn[1:], render.faded(PHOTO)[1:])
    assert (drawn[0] == render.FALSE_POSITIVE).all()
    assert render.faded(PHOTO).min() >= 149


# --- layout -------------------------------------------------------------------------------------


def test_side_by_side() -> None:
    small = np.full((2, 3, 3), 10, np.uint8)
    row = render.side_by_side(PHOTO, small, gap=2, background=(1, 2, 3))
    assert row.shape == (6, 8 + 2 + 3, 3)
    np.testing.assert_array_equal(row[:, :8], PHOTO)
    np.testing.assert_array_equal(row[:2, 10:], small)
    assert (row[:, 8:10] == (1, 2, 3)).all()
    assert (row[2:, 10:] == (1, 2, 3)).all()
    np.testing.assert_array_equal(render.side_by_side(PHOTO), PHOTO)


@settings(max_examples=40, deadline=None)
@given(pixels=hnp.arrays(np.uint16, SHAPES), factor=st.integers(1, 5))
def test_zoom_repeats_pixels(pixels, factor) -> None:
    zoomed = render.zoom_nearest(pixels, factor)
    np.testing.assert_array_equal(zoomed, np.kron(pixels, np.ones((factor, factor), np.uint16)))
    for offset in range(factor):
        np.testing.assert_array_equal(zoomed[offset::factor, offset::factor], pixels)


# --- legend -------------------------------------------------------------------------------------


def test_legend_is_largest_first_without_void() -> None:
    entries = render.legend(SemanticMap(LABELS, CAMVID_11))
    assert [entry.id for entry in entries] == [0, 3, 8]  # equal: id order
    assert {entry.pixels for entry in entries} == {12}
    assert sum(entry.share for entry in entries) == pytest.approx(1)
    labels = LABELS.copy()
    labels[0, 0] = 3
    entries = render.legend(SemanticMap(labels, CAMVID_11))
    assert entries[0] == render.LegendEntry(3, "road", ROAD, 13, 13 / 36)
    assert [entry.name for entry in entries] == ["road", "car", "sky"]


def test_legend_of_nothing_is_empty() -> None:
    assert render.legend(SemanticMap(np.full((2, 2), 255, np.uint8), CAMVID_11)) == ()


def test_legend_of_a_large_set() -> None:
    last = COCO_PANOPTIC_133.labels[-1]
    entries = render.legend(SemanticMap(np.full((2, 2), last.id, np.uint8), COCO_PANOPTIC_133))
    assert [(entry.id, entry.name, entry.share) for entry in entries] == [(last.id, last.name, 1)]


# --- what is refused ----------------------------------------------------------------------------


def test_wrong_arguments_are_refused_in_one_sentence() -> None:
    cases = [
        (lambda: render.colourise(LABELS.astype(int), CAMVID_11), r"\(6, 8\) int64"),
        (lambda: render.colourise(LABELS[None], CAMVID_11), r"\(1, 6, 8\) uint8"),
        (lambda: render.overlay(PHOTO[:5], LABELS, CAMVID_11), "got 8 × 5 and 8 × 6 pixels"),
        (lambda: render.overlay(PHOTO[..., :2], LABELS, CAMVID_11), r"\(6, 8, 2\)"),
        (lambda: render.overlay(PHOTO / 255, LABELS, CAMVID_11), "float64"),
        (lambda: render.overlay(PHOTO, LABELS, CAMVID_11, opacity=1.5), "0 to 1, got 1.5"),
        (lambda: render.overlay(PHOTO, LABELS, CAMVID_11, opacity=float("nan")), "got nan"),
        (lambda: render.error_map(LABELS, LABELS[:5]), "got 8 × 6 and 8 × 5"),
        (lambda: render.error_map(LABELS, LABELS, pixels=PHOTO[:5]), "8 × 5"),
        (lambda: render.error_map(LABELS > 0, LABELS), "expected the truth"),
        (lambda: render.heat(LABELS), r"values \(H, W\) float"),
        (lambda: render.side_by_side(), "got 0"),
        (lambda: render.zoom_nearest(PHOTO, 0), "got 0"),
        (lambda: render.contour_mask(PHOTO), r"\(6, 8, 3\)"),
    ]
    for call, words in cases:
        with pytest.raises(ShapeError, match=words) as caught:
            call()
        assert "\n" not in str(caught.value)


def test_only_names_known_classes() -> None:
    for class_id in (11, 300, -1):
        with pytest.raises(LabelError, match=f"no class with id {class_id}"):
            render.overlay(PHOTO, LABELS, CAMVID_11, only=[class_id])
