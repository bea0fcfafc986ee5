"""The sample pictures: generated ones with exact truth, photographs that scikit-image ships."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from seglib.errors import ImageError
from seglib.images import Image, decode
from seglib.results import Instances, Scene, SemanticMap


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture that a visitor has chosen.

    Parameters
    ----------
    key : str
        ``"street"``, ``"cells"``, a photograph's key, ``"upload"`` or ``"camera"``.
    title : str
        A few words.
    image : Image
        The pixels.
    decode_ms : float
        Milliseconds that decoding (or generating) took.
    truth : SemanticMap or None
        Exact ground truth in the classes of streets, which the semantic pages are about. A
        generated picture of something else has its truth in ``scene`` only.
    seed : int or None
        Seed of a generated picture.
    credit : str
        Where the picture comes from.
    scene : Scene or None
        The whole exact truth of a generated picture: classes, objects and both in one map.
    """

    key: str
    title: str
    image: Image
    decode_ms: float
    truth: SemanticMap | None = None
    seed: int | None = None
    credit: str = ""
    scene: Scene | None = None

    @property
    def why_no_metrics(self) -> str:
        """Why an answer in classes of streets cannot be judged here, where ``truth`` is None."""
        if self.scene is None or self.scene.semantic is None:
            return "this picture has no ground truth. Generated streets have it, to the pixel."
        other = self.scene.semantic.label_set.title.lower()
        return (
            f"the truth of this picture is in the classes of {other}, the answer in those of "
            "streets. Choose a generated street to compare."
        )

    @property
    def objects(self) -> Instances | None:
        """The exact objects, where the picture was generated."""
        return self.scene.instances if self.scene is not None else None


@dataclass(frozen=True)
class Photo:
    """A photograph in scikit-image's wheel."""

    key: str
    file: str
    title: str
    credit: str


PHOTOS: tuple[Photo, ...] = (
    Photo(
        "motorcycle",
        "motorcycle_left.png",
        "Motorcycle",
        "Middlebury Stereo 2014, via scikit-image",
    ),
    Photo("rocket", "rocket.jpg", "Rocket", "SpaceX, public domain, via scikit-image"),
    Photo("astronaut", "astronaut.png", "Astronaut", "NASA, public domain, via scikit-image"),
    Photo("coffee", "coffee.png", "Coffee", "Rachel Michetti, CC0, via scikit-image"),
    Photo("cat", "chelsea.png", "Cat", "Stéfan van der Walt, CC0, via scikit-image"),
    Photo(
        "tissue",
        "ihc.png",
        "Tissue",
        "colonic glands, stained for the protein FHL2 and with haematoxylin; Center for "
        "Microscopy and Molecular Imaging, no known copyright restrictions, via scikit-image",
    ),
)
STREET_SIZE = (720, 540)
"""Width and height of a generated street: sharp on the stage, and still drawn at once."""
STREET_SEEDS: tuple[int, ...] = (28, 7, 40, 31)
CELLS_SIZE = (640, 480)
"""Width and height of a generated microscope picture: nine tiles of the nuclei model."""
CELLS_SEEDS: tuple[int, ...] = (28, 8)
"""Fluorescence and a stained section; the first is the usual seed of streets too."""
MAX_SEED = 999_999


def photo_file(photo: Photo) -> Path | None:
    """Return the file of a photograph, or ``None`` where this scikit-image does not ship it.

    Found without importing scikit-image, which takes a while and would offer to download.
    """
    spec = importlib.util.find_spec("skimage")
    if spec is None or not spec.submodule_search_locations:
        return None
    path = Path(next(iter(spec.submodule_search_locations))) / "data" / photo.file
    return path if path.is_file() else None


def available_photos() -> tuple[Photo, ...]:
    """Return the photographs that are really there."""
    return tuple(photo for photo in PHOTOS if photo_file(photo) is not None)


def load_photo(key: str) -> Picture:
    """Decode a photograph.

    Raises
    ------
    ImageError
        No photograph has this key, or its file is not there.
    """
    photo = next((photo for photo in PHOTOS if photo.key == key), None)
    path = photo_file(photo) if photo else None
    if photo is None or path is None:
        raise ImageError(f"there is no sample picture called {key!r}")
    data = path.read_bytes()
    start = time.perf_counter()
    image = decode(data)
    return Picture(
        photo.key, photo.title, image, 1e3 * (time.perf_counter() - start), credit=photo.credit
    )


def load_street(seed: int) -> Picture:
    """Generate the street scene of a seed, with its exact ground truth."""
    from seglib.scenes import street

    scene = street(seed, size=STREET_SIZE)
    return Picture(
        "street",
        f"Street {seed}",
        scene.image,
        0.0,
        truth=scene.truth.semantic,
        seed=seed,
        credit="generated, with exact ground truth",
        scene=scene.truth,
    )


def load_cells(seed: int) -> Picture:
    """Generate the microscope picture of a seed, with the exact truth of its nuclei."""
    from seglib.scenes import cells

    scene = cells(seed, size=CELLS_SIZE)
    return Picture(
        "cells",
        f"Cells {seed}",
        scene.image,
        0.0,
        seed=seed,
        credit="generated, with exact ground truth",
        scene=scene.truth,
    )


GENERATED: Mapping[str, Callable[[int], Picture]] = {"street": load_street, "cells": load_cells}
"""What makes a picture of a seed, by key."""


def load(key: str, seed: int) -> Picture:
    """Return a sample picture; the seed means nothing to a photograph.

    Raises
    ------
    ImageError
        No sample has this key, or its file is not there.
    """
    return GENERATED[key](seed) if key in GENERATED else load_photo(key)


def from_upload(data: bytes, *, name: str, key: str = "upload") -> Picture:
    """Decode the bytes of a stranger.

    Raises
    ------
    ImageError
        They are not a picture that can be read, or over a limit; the message says which.
    """
    start = time.perf_counter()
    image = decode(data)
    elapsed = 1e3 * (time.perf_counter() - start)
    return Picture(key, name, image, elapsed, credit="yours; kept in this session only")
