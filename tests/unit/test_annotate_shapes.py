"""Shapes to masks: hand-worked, against scikit-image, and by their properties."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import draw

from seglib.annotate import shapes
from seglib.errors import ShapeError

SIZE = (40, 30)


def _text(mask: np.ndarray) -> list[str]:
    return ["".join(".#"[int(value)] for value in row) for row in mask]


def test_a_square_on_whole_coordinates_has_its_area() -> None:
    mask = shapes.polygon([(1, 1), (4, 1), (4, 3), (1, 3)], (6, 4))
    assert _text(mask) == ["......", ".###..", ".###..", "......"]


def test_a_centre_on_an_edge_belongs_to_the_right_and_lower_neighbour() -> None:
    # Edges through the centres of columns 1 and 3, rows 0 and 2.
    mask = shapes.polygon([(1.5, 0.5), (3.5, 0.5), (3.5, 2.5), (1.5, 2.5)], (6, 4))
    assert _text(mask) == [".##...", ".##...", "......", "......"]


def test_a_triangle_by_hand() -> None:
    mask = shapes.polygon([(0, 0), (4, 0), (0, 4)], (5, 5))
    # The centre (x + .5, y + .5) is inside while x + y + 1 < 4; on the slope it is not.
    assert _text(mask) == ["###..", "##...", "#....", ".....", "....."]


def test_what_is_inside_twice_is_outside() -> None:
    outline = [(0, 0), (6, 0), (6, 6), (0, 6), (0, 0), (2, 2), (4, 2), (4, 4), (2, 4), (2, 2)]
    mask = shapes.polygon(outline, (6, 6))
    assert mask.sum() == 36 - 4
    assert not mask[2:4, 2:4].any()


coordinates = st.floats(-10, 50, allow_nan=False, width=32)
points = st.lists(st.tuples(coordinates, coordinates), min_size=3, max_size=12)


@given(points)
@settings(max_examples=60, deadline=None)
def test_polygons_agree_with_scikit_image(corners: list[tuple[float, float]]) -> None:
    # Moved off the grid a little: scikit-image decides centres on an edge otherwise.
    array = np.array(corners) + np.array([0.0137, 0.0219])
    own = shapes.polygon(array, SIZE)
    theirs = draw.polygon2mask((SIZE[1], SIZE[0]), array[:, ::-1] - 0.5)
    differs = np.argwhere(own != theirs)
    for y, x in differs:
        # Only a centre within rounding of an edge may be decided otherwise.
        assert _distance(array, (x + 0.5, y + 0.5)) < 1e-6


def _distance(corners: np.ndarray, point: tuple[float, float]) -> float:
    p, q = corners, np.roll(corners, -1, axis=0)
    along = q - p
    share = ((np.array(point) - p) * along).sum(1) / np.maximum((along**2).sum(1), 1e-30)
    near = p + np.clip(share, 0, 1)[:, None] * along
    return float(np.hypot(*(near - point).T).min())


@given(st.floats(1, 39), st.floats(1, 29), points)
@settings(max_examples=40, deadline=None)
def test_a_cut_through_a_polygon_shares_no_pixel_and_leaves_none_out(
    x: float, y: float, corners: list[tuple[float, float]]
) -> None:
    # A star of triangles around a point covers what its outline covers, each pixel once (mod 2).
    array = np.array(corners)
    total = np.zeros((SIZE[1], SIZE[0]), int)
    for p, q in zip(array, np.roll(array, -1, axis=0), strict=True):
        total += shapes.polygon([(x, y), p, q], SIZE)
    assert ((total % 2 == 1) == shapes.polygon(array, SIZE)).all()


@pytest.mark.parametrize("angle", [0, 30, 90, -77.5, 200])
@pytest.mark.parametrize("radii", [(12, 5), (3.3, 9.1), (40, 60), (0.4, 0.4)])
def test_ellipses_agree_with_the_equation(angle: float, radii: tuple[float, float]) -> None:
    mask = shapes.ellipse((18.3, 14.6), radii, angle, SIZE)
    turn = math.radians(angle)
    for y in range(SIZE[1]):
        for x in range(SIZE[0]):
            dx, dy = x + 0.5 - 18.3, y + 0.5 - 14.6
            u = dx * math.cos(turn) + dy * math.sin(turn)
            v = dy * math.cos(turn) - dx * math.sin(turn)
            value = (u / radii[0]) ** 2 + (v / radii[1]) ** 2
            if abs(value - 1) > 1e-9:
                assert mask[y, x] == (value < 1)


def test_an_ellipse_agrees_with_scikit_image() -> None:
    own = shapes.ellipse((20.13, 15.29), (11, 6), 0, SIZE)
    theirs = np.zeros_like(own)
    theirs[draw.ellipse(15.29 - 0.5, 20.13 - 0.5, 6, 11, shape=theirs.shape)] = True
    assert (own == theirs).all()


def test_an_ellipse_without_width_or_outside_is_empty() -> None:
    assert not shapes.ellipse((5, 5), (0, 3), 0, SIZE).any()
    assert not shapes.ellipse((-500, 5), (3, 3), 0, SIZE).any()


def test_a_turned_rectangle_keeps_its_area() -> None:
    for angle in range(0, 180, 15):
        mask = shapes.rotated_rectangle((100.2, 100.7), (90, 40), angle, (200, 200))
        assert mask.sum() == pytest.approx(3600, rel=0.02)
    flat = shapes.rotated_rectangle((3, 2), (4, 2), 0, (6, 4))
    assert _text(flat) == ["......", ".####.", ".####.", "......"]
    upright = shapes.rotated_rectangle((3, 2), (2, 4), 90, (6, 4))
    assert (flat == upright).all()


def test_a_dab_of_the_brush_is_a_disc() -> None:
    dab = shapes.brush([(20.3, 14.8)], 6.5, SIZE)
    assert (dab == shapes.ellipse((20.3, 14.8), (6.5, 6.5), 0, SIZE)).all()


@given(
    st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=6),
    st.floats(0.25, 15, width=32),
)
@settings(max_examples=50, deadline=None)
def test_a_stroke_is_all_within_the_radius_of_its_path(
    path: list[tuple[float, float]], radius: float
) -> None:
    array = np.array(path)
    mask = shapes.brush(array, radius, SIZE)
    open_path = np.concatenate([array, array[::-1]])
    for y in range(SIZE[1]):
        for x in range(SIZE[0]):
            distance = _distance(open_path, (x + 0.5, y + 0.5))
            if abs(distance - radius) > 1e-6:
                assert mask[y, x] == (distance < radius)


def test_a_circle_of_four_curves_is_round() -> None:
    k = 4 / 3 * math.tan(math.pi / 8) * 30
    path = (
        f"M 80 50 C 80 {50 + k} {50 + k} 80 50 80 C {50 - k} 80 20 {50 + k} 20 50 "
        f"S {50 - k} 20 50 20 S 80 {50 - k} 80 50 Z"
    )
    mask = shapes.bezier(path, (100, 100))
    circle = shapes.ellipse((50, 50), (30, 30), 0, (100, 100))
    assert (mask != circle).sum() <= 0.004 * circle.sum()


def test_the_commands_of_a_path_agree_with_each_other() -> None:
    wanted = shapes.polygon([(5, 5), (25, 5), (25, 20), (5, 20)], SIZE)
    for path in (
        "M5 5 L25 5 L25 20 L5 20 Z",
        "m5,5 l20,0 0,15 -20,0z",
        "M5 5H25V20H5Z",
        "M5 5h20v15h-20z",
        "M5 5 25 5 25 20 5 20",
        "M5 5C10 5 20 5 25 5 L25 20 L5 20",
        "M5 5Q15 5 25 5 L25 20 L5 20",
    ):
        assert (shapes.bezier(path, SIZE) == wanted).all(), path


def test_smooth_commands_mirror_the_last_handle() -> None:
    for smooth, full in (
        ("M3 20 Q8 2 14 15 T 30 12", "M3 20 Q8 2 14 15 Q20 28 30 12"),
        ("M3 20 q5 -18 11 -5 t 16 -3", "M3 20 Q8 2 14 15 Q20 28 30 12"),
        ("M3 20 C5 2 9 2 14 15 S 25 28 30 12", "M3 20 C5 2 9 2 14 15 C19 28 25 28 30 12"),
        # A quadratic curve is the cubic one with handles two thirds of the way.
        ("M3 21 Q12 3 30 21", "M3 21 C9 9 18 9 30 21"),
    ):
        mask = shapes.bezier(smooth, SIZE)
        assert mask.any()
        assert (mask == shapes.bezier(full, SIZE)).all(), smooth


def test_points_with_handles_are_the_same_as_the_path() -> None:
    chain = [(5, 5), (15, -5), (30, 10), (30, 20), (20, 30), (8, 28), (5, 20)]
    path = "M5 5 C15 -5 30 10 30 20 C20 30 8 28 5 20 Z"
    assert (shapes.bezier(chain, SIZE) == shapes.bezier(path, SIZE)).all()


def test_a_path_with_a_hole() -> None:
    mask = shapes.bezier("M0 0H8V8H0Z M2 2H6V6H2Z", (8, 8))
    assert mask.sum() == 64 - 16
    # Drawing that goes on after Z begins where the outline began.
    again = shapes.bezier("M2 2h2v2h-2z h-1 v-1 h1 z", (8, 8))
    assert again.sum() == 5


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("", "begins with M"),
        ("L 3 3", "begins with M"),
        ("M 3", "2 numbers after M"),
        ("M 3 4 C 1 2 3 4 5", "6 numbers after C"),
        ("M 3 4 A 1 1 0 0 0 5 5", "'A'"),
        ("M 3 4 L nan 5", "'n'"),
        ("M 3 4 L 1e400 5", "finite"),
        ("M 3 4 L 1e7 5", "finite"),
        ("M 3 4 ; DROP", "';'"),
        ("M 1 1" + " 2 2" * 25_000, "20,000"),
        ("M 1 1" + " " * 300_000, "characters"),
    ],
)
def test_a_bad_path_is_named(path: str, part: str) -> None:
    with pytest.raises(ShapeError, match=part) as caught:
        shapes.bezier(path, SIZE)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "bad",
    [
        [],
        [(1, 2)],
        [(1, 2), (3, 4)],
        [(1, 2, 3)] * 3,
        [(1, math.nan)] * 3,
        [(1, math.inf)] * 3,
        [(1, 1e9)] * 3,
        "abc",
        [("a", "b")] * 3,
        None,
        [(0, 0)] * 20_001,
        [[1, 2], [3]],
    ],
)
def test_bad_corners_give_one_sentence(bad: object) -> None:
    with pytest.raises(ShapeError) as caught:
        shapes.polygon(bad, SIZE)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


def test_other_bad_numbers_are_refused() -> None:
    for call in (
        lambda: shapes.brush([(1, 1)], 0, SIZE),
        lambda: shapes.brush([(1, 1)], math.nan, SIZE),
        lambda: shapes.brush([], 2, SIZE),
        lambda: shapes.ellipse((1, 1), (-1, 2), 0, SIZE),
        lambda: shapes.ellipse((1, math.nan), (1, 2), 0, SIZE),
        lambda: shapes.ellipse((1, 1), (1, 2), math.inf, SIZE),
        lambda: shapes.rotated_rectangle((1, 1), (1, -2), 0, SIZE),
        lambda: shapes.polygon([(0, 0), (1, 0), (0, 1)], (0, 5)),
        lambda: shapes.polygon([(0, 0), (1, 0), (0, 1)], (10**6, 10**6)),
        lambda: shapes.bezier([(0, 0), (1, 0), (0, 1)], SIZE),
    ):
        with pytest.raises(ShapeError):
            call()


def test_masks_are_read_only_and_far_coordinates_are_cut() -> None:
    mask = shapes.polygon([(-9e5, -9e5), (9e5, -9e5), (9e5, 9e5), (-9e5, 9e5)], SIZE)
    assert mask.all()
    assert not mask.flags.writeable
    assert not shapes.brush([(-900, 5), (-800, 5)], 3, SIZE).any()
    assert shapes.brush([(-900, 5.5), (900, 5.5)], 1, SIZE)[5].all()


def test_a_hostile_number_of_points_stays_within_bounds() -> None:
    rng = np.random.default_rng(0)
    many = rng.uniform(-1e5, 1e5, (20_000, 2))
    assert shapes.polygon(many, (300, 200)).shape == (200, 300)
    assert shapes.brush(many[:5000], 150, (300, 200)).shape == (200, 300)
