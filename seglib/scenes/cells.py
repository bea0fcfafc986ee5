"""Microscope pictures of cell nuclei, fluorescent or stained, with exact truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import find_objects

from seglib.images import Image
from seglib.labels import find
from seglib.options import Checked, choice, number
from seglib.results import Instances, Panoptic, Scene, Segment, SemanticMap
from seglib.scenes.cell_shapes import Ids, Population, owners, scatter
from seglib.scenes.cell_stains import Look, fluorescence, stained
from seglib.scenes.dice import Dice
from seglib.scenes.generated import GeneratedScene
from seglib.scenes.options import check_seed, check_size
from seglib.scenes.truth import THING_IDS_FROM

LABELS = find("nuclei-2")
GROUND, NUCLEUS = 0, 1
COVER = 0.62
"""Share of a picture that nuclei cover at a density of 1: more would not fit beside each other."""


@dataclass(frozen=True)
class CellsOptions(Checked):
    """What a microscope picture holds."""

    stain: str = choice(
        "any",
        ("any", "fluorescence", "stained"),
        "Nuclei that glow in the dark, or a section stained with haematoxylin and eosin.",
    )
    density: float = number(0.4, 0, 1, "How many nuclei: 0 none, 1 as many as fit.")
    size: float = number(0.4, 0, 1, "How large they are: radius from 6 to 30 pixels.")
    spread: float = number(0.4, 0, 1, "How much they differ in size.")
    elongation: float = number(0.4, 0, 1, "How long they are: 0 round.")
    irregular: float = number(0.4, 0, 1, "How far outlines stray from an ellipse.")
    clusters: float = number(0.4, 0, 1, "Share of nuclei that touch another.")
    texture: float = number(0.5, 0, 1, "Grain inside the nuclei: 0 smooth.")
    haze: float = number(0.4, 0, 1, "Light from out of focus, and tissue in gaps.")
    noise: float = number(0.3, 0, 1, "Camera noise: 0 none.")
    blur: float = number(0.2, 0, 1, "Softness of the optics: 0 sharp.")


def cells(
    seed: int, *, size: tuple[int, int] = (480, 360), options: CellsOptions | None = None
) -> GeneratedScene:
    """Generate a microscope picture.

    Parameters
    ----------
    seed : int
        Same seed, size and options: same bytes.
    size : (width, height)
        Pixels, 32 to 4096 each. A larger picture shows more nuclei, not larger ones.
    options : CellsOptions, optional
        What the picture holds.

    Returns
    -------
    GeneratedScene
        Picture and truth in ``nuclei-2``; every pixel has a class, and every nucleus is one piece.

    Raises
    ------
    ShapeError
        The size cannot be a picture.
    UsageError
        The seed is not a whole number.
    """
    options = options or CellsOptions()
    dice = Dice(f"cells/{check_seed(seed)}")
    width, height = check_size(size)
    population = Population(
        radius=6 + 24 * options.size**1.3,
        spread=0.05 + 0.4 * options.spread,
        stretch=1 + 0.55 * options.elongation,
        bumps=0.2 * options.irregular,
        cover=COVER * options.density,
        together=options.clusters,
    )
    nuclei = scatter((width, height), population, dice.child("layout"))
    ids = owners((width, height), nuclei)
    look = Look(options.texture, options.haze, options.noise, options.blur)
    stain = options.stain
    if stain == "any":
        stain = dice.child("stain").pick(("fluorescence", "stained"))
    draw = fluorescence if stain == "fluorescence" else stained
    pixels = draw(ids, nuclei, look, dice.child("look"))
    pixels.setflags(write=False)
    truth, instance_ids = make_cells_truth(ids)
    return GeneratedScene(Image(pixels), truth, seed, instance_ids)


def make_cells_truth(ids: Ids) -> tuple[Scene, tuple[int, ...]]:
    """Build the truth of nuclei ``(H, W) int32``, 0 = ground.

    Returns
    -------
    Scene, tuple of int
        The truth, and the panoptic segment id of each instance, ascending.
    """
    height, width = ids.shape
    areas = np.bincount(ids.reshape(-1))
    places = [(n, box) for n, box in enumerate(find_objects(ids), 1) if box is not None]
    segments = []
    if areas[0]:
        rows, columns = (np.flatnonzero((ids == 0).any(axis)) for axis in (1, 0))
        box = (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
        segments.append(Segment(GROUND + 1, GROUND, False, int(areas[0]), box))
    crops = []
    for number_, (rows_, columns_) in places:
        box = (columns_.start, rows_.start, columns_.stop, rows_.stop)
        own = THING_IDS_FROM + number_ - 1
        segments.append(Segment(own, NUCLEUS, True, int(areas[number_]), box))
        crops.append((box[0], box[1], ids[rows_, columns_] == number_))
    named = np.where(ids > 0, ids + (THING_IDS_FROM - 1), GROUND + 1).astype(np.int32)
    instances = Instances.from_crops(
        crops, [NUCLEUS] * len(crops), [1.0] * len(crops), LABELS, size=(width, height)
    )
    semantic = SemanticMap((ids > 0).astype(np.uint8), LABELS)
    scene = Scene(semantic, instances, Panoptic(named, tuple(segments), LABELS))
    return scene, tuple(THING_IDS_FROM + n - 1 for n, _ in places)
