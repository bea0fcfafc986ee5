"""Objects over their picture: colours, overlap, rims of holes and parts."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from seglib.errors import ShapeError
from seglib.labels import VOC_21
from seglib.render import instance_color, instance_colors, instances_overlay
from seglib.results import Instances

GREY = np.full((20, 30, 3), 100, np.uint8)


def objects(*masks: NDArray[np.bool_], scores: list[float] | None = None) -> Instances:
    stack = np.stack(masks)
    return Instances.from_masks(stack, [8] * len(masks), scores or [1.0] * len(masks), VOC_21)


def box(x0: int, y0: int, x1: int, y1: int) -> NDArray[np.bool_]:
    mask = np.zeros((20, 30), bool)
    mask[y0:y1, x0:x1] = True
    return mask


def test_the_first_twenty_eight_objects_have_different_colours() -> None:
    assert len({instance_color(n) for n in range(28)}) == 28
    assert instance_color(3) == instance_color(3 + 28)


def test_colours_by_class_are_those_of_the_label_table() -> None:
    colors = instance_colors(objects(box(1, 1, 5, 5)), by="class")
    assert colors.tolist() == [list(VOC_21.label(8).color)]


def test_an_opaque_object_has_its_colour_inside_and_leaves_the_rest_alone() -> None:
    drawn = instances_overlay(GREY, objects(box(5, 5, 15, 15)), opacity=1, contour=False)
    assert tuple(drawn[10, 10]) == instance_color(0)
    assert tuple(drawn[4, 10]) == tuple(drawn[10, 15]) == (100, 100, 100)
    assert (GREY == 100).all()


def test_half_opacity_mixes_by_hand() -> None:
    drawn = instances_overlay(GREY, objects(box(5, 5, 15, 15)), opacity=0.5, contour=False)
    # (230 + 100) / 2, (159 + 100) / 2, (0 + 100) / 2
    np.testing.assert_allclose(drawn[10, 10].astype(int), [165, 129.5, 50], atol=0.5)


def test_where_two_overlap_the_better_score_is_on_top() -> None:
    masks = (box(2, 2, 12, 12), box(6, 6, 18, 18))
    for scores, top in (([0.9, 0.2], 0), ([0.2, 0.9], 1)):
        drawn = instances_overlay(GREY, objects(*masks, scores=scores), opacity=1, contour=False)
        assert tuple(drawn[8, 8]) == instance_color(top)


def test_a_hole_and_a_second_part_have_rims_of_their_own() -> None:
    mask = box(3, 3, 14, 14) & ~box(6, 6, 11, 11) | box(20, 3, 26, 9)
    drawn = instances_overlay(GREY, objects(mask), opacity=1)
    white, black = (255, 255, 255), (0, 0, 0)
    assert tuple(drawn[3, 8]) == white  # outer rim
    assert tuple(drawn[2, 8]) == black
    assert tuple(drawn[5, 8]) == white  # rim of the hole, on the object
    assert tuple(drawn[6, 8]) == black  # and its black line, inside the hole
    assert tuple(drawn[8, 8]) == (100, 100, 100)  # the hole itself
    assert tuple(drawn[3, 22]) == white  # the second part


def test_objects_at_the_edges_and_corners_of_the_picture_are_drawn() -> None:
    whole = objects(box(0, 0, 30, 20))
    drawn = instances_overlay(GREY, whole, opacity=1, boxes=True)
    assert tuple(drawn[10, 15]) == instance_color(0)
    corner = instances_overlay(GREY, objects(box(29, 19, 30, 20)), opacity=1)
    assert tuple(corner[19, 29]) == (255, 255, 255)


def test_only_dims_the_rest() -> None:
    both = objects(box(1, 1, 8, 8), box(15, 5, 25, 15))
    drawn = instances_overlay(GREY, both, opacity=1, contour=False, only=[1])
    assert tuple(drawn[10, 20]) == instance_color(1)
    assert drawn[4, 4].max() < 100


def test_numbers_of_their_own_keep_a_colour() -> None:
    two = objects(box(1, 1, 8, 8), box(15, 5, 25, 15))
    assert instance_colors(two, numbers=[7, 3]).tolist() == [
        list(instance_color(7)),
        list(instance_color(3)),
    ]


def test_nothing_to_draw_returns_the_picture() -> None:
    none = Instances.from_masks(np.zeros((0, 20, 30), bool), [], [], VOC_21)
    assert (instances_overlay(GREY, none) == GREY).all()
    empty = Instances.from_masks(np.zeros((1, 20, 30), bool), [8], [1.0], VOC_21)
    assert (instances_overlay(GREY, empty) == GREY).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"opacity": 1.5}, "opacity from 0 to 1"),
        ({"colors": np.zeros((3, 3), np.uint8)}, "colours"),
    ],
)
def test_what_does_not_fit_is_named(change: dict[str, object], message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        instances_overlay(GREY, objects(box(1, 1, 5, 5)), **change)  # type: ignore[arg-type]
    with pytest.raises(ShapeError, match="objects of 30 x 10 pixels"):
        instances_overlay(GREY[:10], objects(box(1, 1, 5, 5)))
