"""Tiles against one large pass, pictures of any size, limits and honest times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from seglib.concepts import overlap_tile
from seglib.engine import EngineInfo, FakeEngine
from seglib.errors import EngineError
from seglib.images import Image, stretch_levels
from seglib.models import Segmenter, find
from seglib.models.tiling import Tiling, cut, enlarged, plan_tiles, run

TILE = (64, 64)
SMALL = Tiling(scale=1.5, overlap=32, stride=2, most=200)
CARD = replace(find("nuclei"), input_size=TILE, tiling=SMALL)
RADIUS = 7
"""Cells that the tiny network below sees around a cell: less than half the overlap, 8 cells."""


def network(inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[np.float32]]:
    """Five maps at half resolution from two convolutions, zero beyond the border like a network."""
    picture = inputs["image"][0].astype(np.float32) / 255
    # means of 2 × 2: the stride
    cells = picture.reshape(picture.shape[0] // 2, 2, picture.shape[1] // 2, 2, 3).mean((1, 3))
    rng = np.random.default_rng(1)
    maps = []
    for channel in range(5):
        first, second = (rng.standard_normal((s, s)).astype(np.float32) for s in (7, 9))
        out = cells[..., channel % 3]
        for kernel in (first, second):
            out = np.maximum(cv2.filter2D(out, -1, kernel, borderType=cv2.BORDER_CONSTANT), 0)
        maps.append(out)
    return {"maps": np.stack(maps)[None]}


def picture(width: int, height: int, seed: int = 0) -> Image:
    rng = np.random.default_rng(seed)
    return Image(rng.integers(0, 256, (height, width, 3), np.uint8))


@pytest.mark.parametrize("size", [(200, 150), (97, 64), (43, 121), (64, 300)])
def test_tiles_are_one_large_pass_away_from_the_pictures_border(size: tuple[int, int]) -> None:
    image = picture(*size)
    tiles = cut(image, image.pixels, SMALL, TILE, "image")
    assert len(tiles) > 1
    stitched = run(FakeEngine(network), tiles, "maps")[0].outputs["maps"]
    whole = network({"image": tiles.pixels[None]})["maps"]
    assert stitched.shape == whole.shape
    assert not stitched.flags.writeable
    # at the border the large pass sees zeros, and the tiles see the picture mirrored
    inner = (..., slice(RADIUS, -RADIUS), slice(RADIUS, -RADIUS))
    np.testing.assert_allclose(stitched[inner], whole[inner], rtol=1e-5, atol=1e-4)


def test_there_are_no_seams() -> None:
    image = picture(220, 180)
    tiles = cut(image, image.pixels, SMALL, TILE, "image")
    stitched = run(FakeEngine(network), tiles, "maps")[0].outputs["maps"][0]
    # one pass over the picture mirrored by a whole tile's overlap on all sides
    margin = SMALL.overlap
    wide = cv2.copyMakeBorder(tiles.pixels, *[margin] * 4, cv2.BORDER_REFLECT_101)
    whole = network({"image": wide[None]})["maps"][0]
    crop = slice(margin // 2, -margin // 2)
    np.testing.assert_allclose(stitched, whole[:, crop, crop], rtol=1e-5, atol=1e-4)


def test_too_little_overlap_shows_seams() -> None:
    image = picture(220, 180)
    tiles = cut(image, image.pixels, replace(SMALL, overlap=8), TILE, "image")
    stitched = run(FakeEngine(network), tiles, "maps")[0].outputs["maps"]
    whole = network({"image": tiles.pixels[None]})["maps"]
    inner = (..., slice(RADIUS, -RADIUS), slice(RADIUS, -RADIUS))
    assert np.abs(stitched[inner] - whole[inner]).max() > 1


def test_a_picture_of_256_is_exactly_one_tile_of_the_nuclei_model() -> None:
    card = find("nuclei")
    assert card.tiling is not None
    plan = plan_tiles((256, 256), card.tiling, card.input_size)
    assert len(plan) == 1
    assert plan.size == plan.tile == (192, 192)
    tiles = cut(picture(256, 256), picture(256, 256).pixels, card.tiling, card.input_size, "image")
    np.testing.assert_array_equal(next(iter(tiles))["image"][0], tiles.pixels)
    assert tiles.placement.box == (0, 0, 384, 384)
    assert len(plan_tiles((257, 256), card.tiling, card.input_size)) > 1


def test_a_small_picture_lies_in_the_middle_of_its_tile_and_is_mirrored() -> None:
    image = picture(16, 8)
    tiles = cut(image, image.pixels, SMALL, TILE, "image")
    assert tiles.pixels.shape == (12, 24, 3)
    assert tiles.placement.box == (20, 26, 24, 12)
    seen = next(iter(tiles))["image"][0]
    np.testing.assert_array_equal(seen[26:38, 20:44], tiles.pixels)
    np.testing.assert_array_equal(seen[25, 20:44], tiles.pixels[1])
    np.testing.assert_array_equal(seen[26:38, 44], tiles.pixels[:, -2])


@pytest.mark.parametrize("size", [(1, 1), (10, 2000), (2000, 10), (1, 300), (65, 43)])
def test_any_size_goes_the_whole_way(size: tuple[int, int]) -> None:
    engine = FakeEngine(network)
    done = Segmenter(CARD, engine).segment(picture(*size))
    assert done.result.size == size
    assert engine.calls == done.tiles
    assert done.times.infer_ms > 0
    assert done.times.preprocess_ms > 0


def test_segmenting_is_decoding_the_stitched_maps() -> None:
    image = picture(150, 90)
    segmenter = Segmenter(CARD, FakeEngine(network))
    forward = segmenter.forward(image)
    tiles = cut(image, stretch_levels(image.pixels), SMALL, TILE, "image")
    maps = run(FakeEngine(network), tiles, "maps")[0].outputs["maps"]
    np.testing.assert_array_equal(forward.outputs["maps"], maps)
    assert forward.placement.source_size == (150, 90)
    assert forward.placement.target_size == (226, 136)  # whole cells
    assert forward.tiles == len(tiles)
    assert forward.scale == pytest.approx(226 / 150)
    assert segmenter.finish(forward).tiles == len(tiles)


@pytest.mark.parametrize("size", [(9000, 5500), (20_000, 2500), (100, 20_000), (4000, 4000)])
def test_the_scale_falls_until_the_tiles_are_few_enough(size: tuple[int, int]) -> None:
    card = find("nuclei")
    assert card.tiling is not None
    plan = plan_tiles(size, card.tiling, card.input_size)
    scale = 2 * max(plan.size) / max(size)
    assert len(plan) <= card.tiling.most
    assert scale <= card.tiling.scale
    if len(plan) < 0.8 * card.tiling.most:
        assert scale == pytest.approx(card.tiling.scale, rel=0.01)
    # proportions are kept to a cell
    assert plan.size[0] * size[1] == pytest.approx(plan.size[1] * size[0], rel=1 / min(plan.size))


def test_one_tile_at_most_holds_the_whole_picture() -> None:
    plan = plan_tiles((5000, 300), replace(SMALL, most=1), TILE)
    assert len(plan) == 1
    assert plan.size[0] <= 32
    assert plan.tiles[0].core == (0, 0, *plan.size)


def test_an_enlarged_plan_covers_the_pixels_of_the_same_cells() -> None:
    cells = overlap_tile.tiles((50, 33), (20, 20), 6)
    pixels = enlarged(cells, 2)
    assert (pixels.size, pixels.tile) == ((100, 66), (40, 40))
    for small, large in zip(cells.tiles, pixels.tiles, strict=True):
        assert large.core == tuple(2 * v for v in small.core)
        assert large.window == tuple(2 * v for v in small.window)


def test_the_caption_tells_tiles_and_a_fallen_scale() -> None:
    nuclei = Segmenter(find("nuclei"), FakeEngine(network))
    assert nuclei.describe_tiles((256, 256)) == "1 tile at 1.50 times its size"
    assert nuclei.describe_tiles((640, 480)) == "9 tiles at 1.50 times its size"
    large = nuclei.describe_tiles((9000, 5500))
    assert "(usually 1.50, but at most 200 tiles: what is small may be missed)" in large
    assert Segmenter(find("street"), FakeEngine(network)).describe_tiles((9, 9)) == ""


class TwoRequests(FakeEngine):
    """Runs two tiles at once."""

    @property
    def info(self) -> EngineInfo:
        return replace(super().info, requests=2)


def test_tiles_run_at_once_keep_their_places_and_are_not_timed_twice() -> None:
    image = picture(200, 150)
    tiles = cut(image, image.pixels, SMALL, TILE, "image")
    alone, _ = run(FakeEngine(network), tiles, "maps")
    both, other_ms = run(TwoRequests(network, latency_ms=100), tiles, "maps")
    np.testing.assert_array_equal(both.outputs["maps"], alone.outputs["maps"])
    # each takes 100 ms; two at a time, the sum of all would be about twice what passed
    assert both.infer_ms < 100 * len(tiles) * 0.95
    assert other_ms >= 0


def test_times_of_one_after_the_other_add_up() -> None:
    image = picture(100, 60)
    tiles = cut(image, image.pixels, SMALL, TILE, "image")
    done, other_ms = run(FakeEngine(network, latency_ms=5), tiles, "maps")
    assert done.infer_ms >= 5 * len(tiles)
    assert done.queue_ms == 0
    assert other_ms > 0


def test_a_network_with_another_answer_is_named() -> None:
    wrong = FakeEngine({"maps": np.zeros((1, 5, 16, 16), np.float32)})
    with pytest.raises(EngineError, match=r"expected an answer \(1, C, 32, 32\)"):
        Segmenter(CARD, wrong).segment(picture(20, 20))
