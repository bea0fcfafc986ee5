"""The tools on pictures whose truth is known, and their properties."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from seglib.annotate import shapes as raster
from seglib.annotate.clusters import KmeansOptions, connected, kmeans
from seglib.annotate.grabcut import grabcut
from seglib.annotate.mean_shift import MeanShiftOptions, mean_shift
from seglib.annotate.morphology import MorphologyOptions, disc, morphology
from seglib.annotate.region_growing import GrowOptions, grow
from seglib.annotate.superpixels import METHODS, SuperpixelOptions, superpixels, take
from seglib.annotate.threshold import ThresholdOptions, threshold
from seglib.annotate.wand import WandOptions, wand
from seglib.annotate.watershed import watershed
from seglib.errors import ShapeError, UsageError
from seglib.scenes import ShapesOptions, shapes

Mask = np.ndarray


@cache
def _scene() -> tuple[np.ndarray, Mask, tuple[float, float]]:
    """A picture, its largest object, and the place deepest inside."""
    calm = ShapesOptions(count=4, texture=0.2, background="plain", noise=0.1, scale=0.9, spread=0.3)
    scene = shapes(10, size=(240, 180), options=calm)
    found = scene.truth.instances
    assert found is not None
    best = max((found.mask(i) for i in range(len(found.boxes))), key=lambda m: m.sum())
    depth = ndimage.distance_transform_edt(best)
    row, column = np.unravel_index(int(depth.argmax()), depth.shape)
    return scene.image.pixels, best, (column + 0.5, row + 0.5)


def _iou(one: Mask, other: Mask) -> float:
    return float((one & other).sum() / (one | other).sum())


def _marks() -> tuple[Mask, Mask]:
    _, truth, (x, y) = _scene()
    inside = raster.brush([(x, y)], 5, (240, 180))
    beside = ~ndimage.binary_dilation(truth, iterations=10)
    return inside, beside


def _by_regions(regions: np.ndarray) -> Mask:
    """What a patient visitor can reach: every piece that lies mostly on the object."""
    _, truth, _ = _scene()
    size = np.bincount(regions.ravel())
    share = np.bincount(regions.ravel(), weights=truth.ravel()) / size
    return (share > 0.5)[regions]


TOOLS: dict[str, tuple[float, Callable[[], Mask]]] = {
    "SLIC": (0.93, lambda: _by_regions(superpixels(_scene()[0], options=_cut("SLIC")))),
    "SEEDS": (0.93, lambda: _by_regions(superpixels(_scene()[0], options=_cut("SEEDS")))),
    "LSC": (0.93, lambda: _by_regions(superpixels(_scene()[0], options=_cut("LSC")))),
    "wand": (0.9, lambda: wand(_scene()[0], [_scene()[2]], options=WandOptions(tolerance=40))),
    "grow": (0.9, lambda: grow(_scene()[0], [_scene()[2]])),
    "watershed": (0.9, lambda: watershed(_scene()[0], *_marks())),
    "grabcut box": (0.9, lambda: grabcut(_scene()[0], box=_box())),
    "grabcut marks": (
        0.9,
        lambda: grabcut(_scene()[0], foreground=_marks()[0], background=_marks()[1]),
    ),
    "kmeans": (
        0.85,
        lambda: _by_regions(kmeans(_scene()[0], options=KmeansOptions(k=10, joined=True))),
    ),
    "mean shift": (0.88, lambda: _by_regions(mean_shift(_scene()[0]))),
}


def _cut(method: str) -> SuperpixelOptions:
    return SuperpixelOptions(method=method, side=12, compact=0.2)


def _box() -> tuple[float, float, float, float]:
    rows, columns = (np.flatnonzero(_scene()[1].any(axis=axis)) for axis in (1, 0))
    return columns[0] - 5, rows[0] - 5, columns[-1] + 6, rows[-1] + 6


@pytest.mark.parametrize("name", TOOLS)
def test_each_tool_reaches_its_iou(name: str) -> None:
    wanted, run = TOOLS[name]
    mask = run()
    assert mask.dtype == np.bool_
    assert _iou(mask, _scene()[1]) >= wanted
    assert (run() == mask).all(), "the same input must give the same mask"


@pytest.mark.parametrize("name", [name for name in TOOLS if name not in METHODS])
def test_answers_are_read_only_and_the_picture_is_untouched(name: str) -> None:
    before = _scene()[0].copy()
    mask = TOOLS[name][1]()
    assert (_scene()[0] == before).all()
    if name not in ("kmeans", "mean shift"):
        assert not mask.flags.writeable


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("side", [8, 80])
@pytest.mark.parametrize("compact", [0.0, 1.0])
def test_superpixels_cover_the_picture_in_pieces(method: str, side: int, compact: float) -> None:
    pixels = _scene()[0]
    regions = superpixels(pixels, options=SuperpixelOptions(method, side, compact))
    assert regions.shape == pixels.shape[:2]
    assert regions.dtype == np.int32
    assert sorted(set(regions.ravel().tolist())) == list(range(int(regions.max()) + 1))
    assert 2 <= regions.max() + 1 <= regions.size / 16
    assert not regions.flags.writeable


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("size", [(8, 8), (9, 300), (300, 8), (31, 17)])
def test_superpixels_of_odd_pictures(method: str, size: tuple[int, int]) -> None:
    rng = np.random.default_rng(1)
    pixels = rng.integers(0, 256, (size[1], size[0], 3), np.uint8)
    regions = superpixels(pixels, options=SuperpixelOptions(method, 80, 0.5))
    assert regions.shape == (size[1], size[0])


def test_pieces_are_taken_by_click() -> None:
    regions = np.array([[0, 0, 1], [2, 2, 1]], np.int32)
    assert take(regions, [(2.5, 0.2)]).tolist() == [[False, False, True], [False, False, True]]
    assert take(regions, [(0, 0), (1.9, 1.9), (99, 0)]).sum() == 4
    with pytest.raises(ShapeError, match="inside the picture"):
        take(regions, [(3.0, 0.0)])


@given(st.integers(0, 160), st.integers(0, 160), st.booleans())
@settings(max_examples=25, deadline=None)
def test_a_larger_tolerance_never_selects_less(one: int, other: int, contiguous: bool) -> None:
    pixels, _, seed = _scene()
    low, high = sorted((one, other))
    less = wand(pixels, [seed], options=WandOptions(low, contiguous))
    more = wand(pixels, [seed], options=WandOptions(high, contiguous))
    assert (less <= more).all()
    assert less[int(seed[1]), int(seed[0])]


def test_the_wand_by_hand() -> None:
    row = np.array([10, 12, 30, 12, 11], np.uint8)
    pixels = np.repeat(row[None, :, None], 3, axis=2)
    near = wand(pixels, [(0.5, 0.5)], options=WandOptions(2, True))
    anywhere = wand(pixels, [(0.5, 0.5)], options=WandOptions(2, False))
    assert near.tolist() == [[True, True, False, False, False]]
    assert anywhere.tolist() == [[True, True, False, True, True]]
    # Within the range of the click: the next pixel's own neighbour does not carry it on.
    ramp = np.repeat(np.arange(0, 50, 5, dtype=np.uint8)[None, :, None], 3, axis=2)
    assert wand(ramp, [(0, 0)], options=WandOptions(12, True)).sum() == 3


def test_growing_by_hand() -> None:
    grey = np.full((5, 9), 120, np.uint8)
    grey[:, 4] = 250
    pixels = np.repeat(grey[..., None], 3, axis=2)
    mask = grow(pixels, [(1, 1)], options=GrowOptions(tolerance=5, smooth=0))
    assert mask[:, :4].all()
    assert not mask[:, 4:].any()
    everything = grow(pixels, [(1, 1)], options=GrowOptions(tolerance=60, smooth=0))
    assert everything.all()


def test_growing_follows_a_slow_drift_that_the_wand_does_not() -> None:
    ramp = np.tile(np.linspace(60, 140, 200).astype(np.uint8), (20, 1))
    pixels = np.repeat(ramp[..., None], 3, axis=2)
    grown = grow(pixels, [(1, 10)], options=GrowOptions(tolerance=16, smooth=0))
    waved = wand(pixels, [(1, 10)], options=WandOptions(tolerance=40))
    assert grown.sum() > waved.sum()


def test_watershed_shares_out_every_pixel() -> None:
    pixels = _scene()[0]
    inside, beside = _marks()
    mask = watershed(pixels, inside, beside)
    assert mask[inside].all()
    assert not mask[beside & ~inside].any()
    rest = watershed(pixels, beside, inside)
    # Only the line between the two may differ from the complement.
    assert (mask == rest).mean() < 0.05


@pytest.mark.parametrize("which", ["none", "object", "beside", "size", "type"])
def test_watershed_says_what_is_missing(which: str) -> None:
    pixels = _scene()[0]
    nothing = np.zeros(pixels.shape[:2], np.bool_)
    some = nothing.copy()
    some[:9] = True
    given_ = {
        "none": (nothing, nothing),
        "object": (nothing, some),
        "beside": (some, some),
        "size": (some[:50], some),
        "type": (some.astype(np.uint8), some),
    }[which]
    with pytest.raises(ShapeError):
        watershed(pixels, *given_)


@pytest.mark.parametrize(
    "box",
    [(5, 5, 7, 50), (-50, -50, -10, -10), (0, 0, 240, 180), (float("nan"), 0, 9, 9), None],
)
def test_grabcut_refuses_boxes_that_mean_nothing(box: tuple[float, ...] | None) -> None:
    with pytest.raises(ShapeError):
        grabcut(_scene()[0], box=box)  # type: ignore[arg-type]


def test_grabcut_obeys_its_marks() -> None:
    inside, beside = _marks()
    mask = grabcut(_scene()[0], box=_box(), foreground=inside, background=beside)
    assert mask[inside].all()
    assert not mask[beside & ~inside].any()


def test_kmeans_parts_two_colours_and_numbers_the_darker_first() -> None:
    pixels = np.zeros((40, 60, 3), np.uint8)
    pixels[:, 30:] = (200, 180, 90)
    groups = kmeans(pixels, options=KmeansOptions(k=2, joined=False))
    assert (groups[:, :28] == 0).all()
    assert (groups[:, 32:] == 1).all()
    # More groups than colours: as many as there are, and no error.
    assert kmeans(np.zeros((10, 10, 3), np.uint8), options=KmeansOptions(k=9)).max() == 0


def test_connected_parts_by_hand() -> None:
    groups = np.array([[0, 1, 0], [0, 1, 0], [1, 0, 0]], np.int32)
    parts = connected(groups)
    assert len(np.unique(parts)) == 4
    assert parts.min() == 0
    assert parts[0, 0] != parts[0, 2] == parts[2, 1]


def test_mean_shift_joins_texture_and_keeps_edges() -> None:
    rng = np.random.default_rng(2)
    pixels = np.full((60, 80, 3), 80, np.uint8)
    pixels[:, 40:] = 190
    noisy = np.clip(pixels.astype(int) + rng.integers(-12, 13, pixels.shape), 0, 255)
    pieces = mean_shift(noisy.astype(np.uint8), options=MeanShiftOptions(radius=8, colour=30))
    assert len(set(pieces[5:-5, 5:35].ravel())) == 1
    assert pieces[30, 20] != pieces[30, 60]


def test_otsu_and_the_manual_line() -> None:
    pixels = np.full((20, 20, 3), 50, np.uint8)
    pixels[5:15, 5:15] = 180
    bright = threshold(pixels)
    assert bright.value is not None
    assert 50 <= bright.value < 180
    assert bright.mask.sum() == 100
    dark = threshold(pixels, options=ThresholdOptions(dark=True))
    assert (dark.mask == ~bright.mask).all()
    manual = threshold(pixels, options=ThresholdOptions("manual", value=180))
    assert not manual.mask.any()
    assert threshold(pixels, options=ThresholdOptions("manual", value=179)).mask.sum() == 100


def test_the_adaptive_line_follows_uneven_light() -> None:
    light = np.linspace(40, 200, 200)[None].repeat(100, 0)
    light[40:60, 20:180:16] += 30
    pixels = np.repeat(light.astype(np.uint8)[..., None], 3, axis=2)
    truth = np.zeros((100, 200), bool)
    truth[40:60, 20:180:16] = True
    adaptive = threshold(pixels, options=ThresholdOptions("adaptive", side=31, offset=15))
    assert adaptive.value is None
    assert _iou(adaptive.mask, truth) > 0.95
    assert _iou(threshold(pixels).mask, truth) < 0.2


def test_channels_are_those_named() -> None:
    pixels = np.zeros((4, 4, 3), np.uint8)
    pixels[0] = (255, 0, 0)
    for name, found in (("red", True), ("green", False), ("blue", False), ("saturation", True)):
        mask = threshold(pixels, options=ThresholdOptions("manual", name)).mask
        assert bool(mask[0].all()) is found
        assert not mask[1:].any()


@pytest.mark.parametrize("operation", ["open", "close", "erode", "dilate"])
@pytest.mark.parametrize("radius", [1, 4])
def test_morphology_agrees_with_scipy(operation: str, radius: int) -> None:
    mask = np.random.default_rng(3).random((60, 80)) > 0.6
    mask[10:40, 20:50] = True
    kernel = disc(radius).astype(bool)
    ones = {"structure": kernel, "border_value": 1}
    expected = {
        "erode": lambda: ndimage.binary_erosion(mask, **ones),
        "dilate": lambda: ndimage.binary_dilation(mask, structure=kernel),
        "open": lambda: ndimage.binary_dilation(
            ndimage.binary_erosion(mask, **ones), structure=kernel
        ),
        "close": lambda: ndimage.binary_closing(np.pad(mask, 9), structure=kernel)[9:-9, 9:-9],
    }[operation]()
    assert (morphology(mask, options=MorphologyOptions(operation, radius)) == expected).all()


def test_filling_and_keeping_the_largest() -> None:
    mask = np.zeros((20, 20), bool)
    mask[2:10, 2:10] = True
    mask[4:6, 4:6] = False
    mask[15, 15] = True
    filled = morphology(mask, options=MorphologyOptions("fill"))
    assert filled.sum() == 64 + 1
    assert (filled == ndimage.binary_fill_holes(mask)).all()
    largest = morphology(mask, options=MorphologyOptions("largest"))
    assert largest.sum() == 60
    nothing = np.zeros((5, 5), bool)
    for operation in ("open", "close", "erode", "dilate", "fill", "largest"):
        assert not morphology(nothing, options=MorphologyOptions(operation)).any()
        # The picture's rim is no hole, and nothing is eaten from it.
        assert morphology(~nothing, options=MorphologyOptions(operation)).all()


def test_pictures_that_are_none_and_pictures_too_large_are_refused() -> None:
    tools = (superpixels, kmeans, mean_shift, lambda p: grow(p, [(1, 1)]))
    for tool in tools:
        for bad in (np.zeros((5, 5), np.uint8), np.zeros((9, 9, 3), np.float32)):
            with pytest.raises(ShapeError, match="picture"):
                tool(bad)
        with pytest.raises(ShapeError, match="at most 600,000 pixels"):
            tool(np.zeros((1000, 1000, 3), np.uint8))


@pytest.mark.parametrize(
    "make",
    [
        lambda: SuperpixelOptions(method="WATERSHED"),
        lambda: SuperpixelOptions(side=0),
        lambda: WandOptions(tolerance=-1),
        lambda: GrowOptions(tolerance=float("nan")),
        lambda: KmeansOptions(k=1),
        lambda: MorphologyOptions(radius=0),
    ],
)
def test_options_out_of_range_are_refused(make: Callable[[], object]) -> None:
    with pytest.raises(UsageError):
        make()


def test_seeds_outside_are_refused_in_one_sentence() -> None:
    for seeds in ([], [(-1, 5)], [(240, 5)], [(float("nan"), 5)]):
        with pytest.raises(ShapeError) as caught:
            wand(_scene()[0], seeds)  # type: ignore[arg-type]
        assert "\n" not in str(caught.value)
