"""Clips: stable ids, smooth motion, constant memory."""

from __future__ import annotations

import itertools
import tracemalloc

import numpy as np
import pytest

from seglib.errors import ShapeError, UsageError
from seglib.scenes import ShapesOptions, StreetOptions, clip, shapes, street
from seglib.scenes.streets import StreetWorld

SMALL = (160, 120)


@pytest.mark.parametrize(("kind", "still"), [("street", street), ("shapes", shapes)])
def test_the_first_frame_is_the_picture(kind, still) -> None:
    first = next(clip(3, frames=1, kind=kind, size=SMALL))
    assert first.image.digest == still(3, size=SMALL).image.digest


@pytest.mark.parametrize("kind", ["street", "shapes"])
def test_clips_are_reproducible(kind) -> None:
    digests = [[f.image.digest for f in clip(4, frames=4, kind=kind, size=SMALL)] for _ in "ab"]
    assert digests[0] == digests[1]
    assert len(set(digests[0])) == 4


@pytest.mark.parametrize("kind", ["street", "shapes"])
def test_an_id_stays_with_its_thing(kind) -> None:
    matched = 0
    for before, after in itertools.pairwise(clip(1, frames=10, kind=kind, size=SMALL, rate=24)):
        classes = dict(zip(before.instance_ids, before.truth.instances.class_ids, strict=True))
        for k, thing in enumerate(after.instance_ids):
            if thing not in classes:
                continue
            assert after.truth.instances.class_ids[k] == classes[thing]
            old = before.truth.instances.boxes[before.instance_ids.index(thing)]
            new = after.truth.instances.boxes[k]
            size = max(old[2] - old[0], old[3] - old[1], 6)
            # A box moves by a part of itself in 1/24 s, unless something covers it.
            assert np.abs((old[:2] + old[2:]) / 2 - (new[:2] + new[2:]) / 2).max() < 0.8 * size
            matched += 1
    assert matched > 20


def test_things_move_and_the_ground_passes() -> None:
    frames = list(clip(6, frames=3, size=SMALL, options=StreetOptions(noise=0, people=1, cars=1)))
    a, b = (f.truth.panoptic.segment_ids for f in (frames[0], frames[2]))
    assert 0.005 < (a != b).mean() < 0.6


def test_memory_does_not_grow_with_length() -> None:
    film = clip(2, frames=10_000, kind="shapes", size=(64, 48), options=ShapesOptions(count=4))
    for _ in range(10):
        next(film)
    tracemalloc.start()
    for _ in range(5):
        next(film)
    first = tracemalloc.get_traced_memory()[0]
    for _ in range(60):
        next(film)
    grown = tracemalloc.get_traced_memory()[0] - first
    tracemalloc.stop()
    assert grown < 200_000


def test_a_street_goes_on() -> None:
    world = StreetWorld(2, StreetOptions())
    for clock in (60.0, 3600.0):
        frame = world.render((96, 72), clock=clock)
        assert (frame.truth.semantic.labels == 3).mean() > 0.1


@pytest.mark.parametrize("arguments", [
    {"frames": 0}, {"frames": 1.5}, {"frames": True}, {"frames": 2, "rate": 0},
    {"frames": 2, "kind": "sea"}, {"frames": 2, "kind": "shapes", "options": StreetOptions()},
    {"frames": 2, "kind": "street", "options": ShapesOptions()},
])  # fmt: skip
def test_bad_arguments_are_told_at_once(arguments) -> None:
    with pytest.raises(UsageError):
        clip(0, **arguments)


def test_bad_size_is_told_at_once() -> None:
    with pytest.raises(ShapeError):
        clip(0, frames=2, size=(1, 1))
