"""Street scenes: exact truth, determinism, options."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seglib.errors import SeglibError, ShapeError, UsageError
from seglib.labels import CAMVID_11
from seglib.scenes import (
    SHAPES,
    GeneratedScene,
    ShapesOptions,
    StreetOptions,
    describe,
    shapes,
    street,
)

SMALL = (160, 120)
CALM = {"noise": 0.0, "blur": 0.0, "grading": 0.0}


def truth_is_exact(scene: GeneratedScene, void: int = 255) -> None:
    """Semantic, instances and panoptic tell the same of every pixel."""
    semantic, instances, panoptic = (
        scene.truth.semantic,
        scene.truth.instances,
        scene.truth.panoptic,
    )
    assert semantic is not None
    assert instances is not None
    assert panoptic is not None
    labels, ids = semantic.labels, panoptic.segment_ids
    height, width = labels.shape
    assert scene.image.size == (width, height) == scene.truth.size
    assert np.array_equal(ids == 0, labels == void)
    things = set(semantic.label_set.things)
    # Painted back from its segments, the panoptic map gives the semantic one.
    painted = np.full_like(labels, void)
    for segment in panoptic.segments:
        mask = ids == segment.id
        assert segment.area == mask.sum() > 0
        assert segment.thing == (segment.class_id in things)
        rows, columns = np.nonzero(mask)
        assert segment.box == (
            columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)  # fmt: skip
        painted[mask] = segment.class_id
    assert np.array_equal(painted, labels)
    stuff = [s.class_id for s in panoptic.segments if not s.thing]
    assert len(stuff) == len(set(stuff))
    # Instances are the thing segments, in order, and cover each thing pixel once.
    assert scene.instance_ids == tuple(sorted(s.id for s in panoptic.segments if s.thing))
    covered = np.zeros(labels.shape, int)
    for k, segment_id in enumerate(scene.instance_ids):
        mask = instances.mask(k)
        assert np.array_equal(mask, ids == segment_id)
        assert set(np.unique(labels[mask])) == {instances.class_ids[k]}
        covered += mask
    assert np.array_equal(covered, np.isin(labels, list(things)).astype(int))


@pytest.mark.parametrize("seed", range(8))
def test_truth_of_streets_is_exact(seed: int) -> None:
    scene = street(seed, size=(240, 180))
    truth_is_exact(scene)
    assert scene.truth.semantic is not None
    assert scene.truth.semantic.label_set is CAMVID_11


@pytest.mark.parametrize("seed", range(4))
def test_truth_of_shapes_is_exact(seed: int) -> None:
    scene = shapes(seed, size=(240, 180), count=14)
    truth_is_exact(scene)
    assert scene.truth.semantic is not None
    assert not (scene.truth.semantic.labels == 255).any()


@pytest.mark.parametrize("make", [street, shapes])
def test_same_seed_same_bytes(make) -> None:
    a, b, other = make(5, size=SMALL), make(5, size=SMALL), make(6, size=SMALL)
    assert a.image.digest == b.image.digest
    assert np.array_equal(a.truth.panoptic.segment_ids, b.truth.panoptic.segment_ids)
    assert a.instance_ids == b.instance_ids
    assert a.image.digest != other.image.digest


def test_sensor_noise_differs_between_seeds() -> None:
    def grain(seed: int) -> np.ndarray:
        pixels = [
            shapes(seed, size=SMALL, options=ShapesOptions(count=0, background="plain", texture=0,
                                                           blur=0, noise=noise)).image.pixels
            for noise in (0.0, 0.5)
        ]  # fmt: skip
        return pixels[1].astype(int) - pixels[0]

    assert np.abs(grain(1)).mean() > 1
    assert abs(np.corrcoef(grain(1).ravel(), grain(2).ravel())[0, 1]) < 0.1


@pytest.mark.parametrize("make", [street, shapes])
@pytest.mark.parametrize("seed", [1, 4, 9])
def test_layout_does_not_depend_on_the_size(make, seed: int) -> None:
    small, large = make(seed, size=(240, 180)), make(seed, size=(480, 360))
    a = small.truth.semantic.labels
    b = large.truth.semantic.labels[::2, ::2]
    # Edges may differ by a pixel, and nothing else may.
    assert (a == b).mean() > 0.90
    # The things that are large in one are in the other.
    big = {s.id for s in small.truth.panoptic.segments if s.area > 60}
    assert big <= {s.id for s in large.truth.panoptic.segments}


def test_a_wider_picture_shows_more_at_the_sides_only() -> None:
    narrow = street(3, size=(240, 180)).truth.semantic.labels
    wide = street(3, size=(320, 180)).truth.semantic.labels
    assert (narrow == wide[:, 40:280]).mean() > 0.97


def test_every_class_appears_and_shares_are_those_of_a_street() -> None:
    counts = np.zeros(256)
    for seed in range(30):
        labels = street(seed, size=(96, 72)).truth.semantic.labels
        counts += np.bincount(labels.ravel(), minlength=256)
    shares = counts / counts.sum()
    assert (shares[:11] > 0.0005).all()
    assert 0.2 < shares[3] < 0.45  # road
    assert 0.1 < shares[1] < 0.45  # building
    assert 0.08 < shares[0] < 0.4  # sky
    assert shares[11:255].sum() == 0
    assert shares[255] < 0.02


@pytest.mark.parametrize("seed", range(4))
def test_nothing_asked_for_nothing_shown(seed: int) -> None:
    none = StreetOptions(cars=0, people=0, cyclists=0, trees=0, furniture=0)
    scene = street(seed, size=SMALL, options=none)
    assert len(scene.truth.instances) == 0
    # Grass counts as tree, lamps hang on nothing: only people's and cars' classes must be gone.
    assert not np.isin(scene.truth.semantic.labels, (8, 9, 10)).any()


def test_more_asked_for_more_shown() -> None:
    few, many = (
        sum(
            len(street(s, size=SMALL, options=StreetOptions(cars=d, people=d)).truth.instances)
            for s in range(4)
        )
        for d in (0.1, 1.0)
    )
    assert many > 2 * few


EXTREMES = [
    StreetOptions(**{
        o.name: {"choice": o.choices[-1:], "switch": (True,)}.get(o.kind, (end(o),))[0]
        for o in describe(StreetOptions)
    })
    for end in (lambda o: o.low, lambda o: o.high)
]  # fmt: skip


@pytest.mark.parametrize("options", EXTREMES)
def test_options_at_their_ends(options: StreetOptions) -> None:
    for seed in range(2):
        truth_is_exact(street(seed, size=SMALL, options=options))


@pytest.mark.parametrize(
    ("name", "value"),
    [(o.name, c) for o in describe(StreetOptions) if o.kind == "choice" for c in o.choices],
)
def test_every_choice_draws(name: str, value: str) -> None:
    scene = street(2, size=(96, 72), options=dataclasses.replace(StreetOptions(), **{name: value}))
    assert scene.image.pixels.std() > 5


@pytest.mark.parametrize("background", ["plain", "noise", "stripes", "checks", "waves"])
def test_every_ground_draws(background: str) -> None:
    truth_is_exact(shapes(1, size=SMALL, options=ShapesOptions(background=background)))


def test_bonnet_has_no_class() -> None:
    labels = [
        street(2, size=SMALL, options=StreetOptions(bonnet=on)).truth.semantic.labels
        for on in (False, True)
    ]
    assert (labels[1][-2:] == 255).mean() > 0.5
    assert (labels[0][-2:] == 255).mean() < 0.1


@pytest.mark.parametrize(("name", "value"), [
    ("cars", -0.1), ("cars", 1.5), ("cars", "many"), ("cars", True), ("cars", float("nan")),
    ("time_of_day", "noon"), ("bonnet", 1), ("haze", None),
])  # fmt: skip
def test_bad_street_options(name: str, value: object) -> None:
    with pytest.raises(UsageError, match=name):
        StreetOptions(**{name: value})


@pytest.mark.parametrize(("name", "value"), [("count", 1.5), ("count", 61), ("background", "sea")])
def test_bad_shape_options(name: str, value: object) -> None:
    with pytest.raises(UsageError, match=name):
        ShapesOptions(**{name: value})


@pytest.mark.parametrize("make", [street, shapes])
@pytest.mark.parametrize(
    "size", [(0, 10), (31, 100), (100, 5000), (100.5, 100), (100,), "ab", None, 5, (True, 64)]
)
def test_bad_sizes(make, size) -> None:
    with pytest.raises(ShapeError, match="expected a size"):
        make(0, size=size)


@pytest.mark.parametrize("make", [street, shapes])
@pytest.mark.parametrize("seed", [1.5, "x", None, True])
def test_bad_seeds(make, seed) -> None:
    with pytest.raises(SeglibError, match="whole number"):
        make(seed, size=SMALL)


def test_options_describe_themselves() -> None:
    for kind in (StreetOptions, ShapesOptions):
        infos = describe(kind)
        assert {i.name for i in infos} == {f.name for f in dataclasses.fields(kind)}
        for info in infos:
            info.check(info.default)
            assert info.help.endswith(".")
            assert (info.kind == "choice") == bool(info.choices)


def test_results_cannot_be_changed() -> None:
    scene = street(0, size=SMALL)
    for array in (
        scene.image.pixels,
        scene.truth.semantic.labels,
        scene.truth.panoptic.segment_ids,
    ):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_all_shapes_appear() -> None:
    seen: set[int] = set()
    for seed in range(6):
        seen |= set(shapes(seed, size=SMALL, count=12).truth.instances.class_ids.tolist())
    assert seen == set(SHAPES.things)


def test_a_ring_has_a_hole() -> None:
    for seed in range(40):
        scene = shapes(seed, count=1)
        if scene.truth.instances.class_ids.tolist() == [5]:
            x0, y0, x1, y1 = scene.truth.panoptic.segments[1].box
            if x1 - x0 == pytest.approx(y1 - y0, abs=2):
                middle = scene.truth.semantic.labels[(y0 + y1) // 2, (x0 + x1) // 2]
                assert middle == 0
                return
    pytest.fail("no whole ring in 40 seeds")


@given(
    seed=st.integers(-(2**40), 2**40),
    size=st.tuples(st.integers(32, 200), st.integers(32, 200)),
)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_seed_and_any_size(seed: int, size: tuple[int, int]) -> None:
    truth_is_exact(street(seed, size=size))
    truth_is_exact(shapes(seed, size=size))
