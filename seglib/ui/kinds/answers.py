"""The four answers of one picture: from networks, or the exact truth of a generated one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from seglib.models.adapters.merging import merge_steps
from seglib.options import Checked, choice, number
from seglib.render import segment_names
from seglib.results import Instances, Matte, Panoptic, Scene, SemanticMap, StageTimes
from seglib.ui import address, caches, knobs
from seglib.ui.address import Param, one_of
from seglib.ui.samples import Picture

SCENE_MODEL, MATTE_MODEL = "everyday", "foreground"
SOURCES = {"truth": "Exact truth", "networks": "Networks"}
SOURCE = Param("kd_source", "truth", one_of(*SOURCES))
PREFIX = "kd"


@dataclass(frozen=True)
class KindsOptions(Checked):
    """How the answers are drawn, and the pixel that is read."""

    view: str = choice(
        "picture", ("picture", "alone"), "The answers on the picture, or each answer alone."
    )
    opacity: float = number(0.6, 0.0, 1.0, "0 shows the picture, 1 the answer.")
    x: float = number(
        50.0, 0.0, 100.0, "From left to right, in percent of the width.", step=0.5, title="x, %"
    )
    y: float = number(
        65.0, 0.0, 100.0, "From top to bottom, in percent of the height.", step=0.5, title="y, %"
    )


PARAMS = (SOURCE, *knobs.params(KindsOptions, PREFIX))


@dataclass(frozen=True, eq=False)
class Answers:
    """Four answers to one picture.

    Parameters
    ----------
    picture : Picture
    source : str
        One of :data:`SOURCES`.
    semantic : SemanticMap
    instances : Instances
    panoptic : Panoptic
    matte : Matte
    segment_of : mapping
        The panoptic segment of an object, by its row; those that got none are not there.
    times : tuple of StageTimes
        Of the networks, none for the truth.
    key : str
        Equal for equal answers, to key caches by.
    """

    picture: Picture
    source: str
    semantic: SemanticMap
    instances: Instances
    panoptic: Panoptic
    matte: Matte
    segment_of: dict[int, int]
    times: tuple[StageTimes, ...] = ()
    key: str = ""

    @property
    def names(self) -> dict[int, str]:
        """Name of each segment by its id."""
        return segment_names(self.panoptic)


def source(picture: Picture) -> str:
    """Return where the answers come from; truth is only there for generated pictures."""
    return address.get(SOURCE) if picture.scene is not None else "networks"


def read(picture: Picture) -> Answers:
    """Return the answers to a picture as it is set now."""
    return held(picture.image.digest, caches.source_of(picture), source(picture), picture)


@st.cache_resource(max_entries=6, ttl="20m", show_spinner=False)
def held(digest: str, origin: str, chosen: str, _picture: Picture) -> Answers:
    """Answer once for a picture and a source."""
    key = f"{digest}:{origin}:{chosen}"
    if chosen == "truth" and _picture.scene is not None:
        return of_truth(_picture, _picture.scene, key=key)
    scene, matte, times = networks(_picture)
    return of_networks(_picture, scene, matte, times, key=key)


def of_truth(picture: Picture, scene: Scene, *, key: str = "") -> Answers:
    """Return the exact answers; the matte is the union of all things, hard at its rim."""
    semantic, instances, panoptic = scene.semantic, scene.instances, scene.panoptic
    if semantic is None or instances is None or panoptic is None:
        raise ValueError("a generated picture has classes, objects and segments")
    things = [segment.id for segment in panoptic.segments if segment.thing]
    matte = Matte(np.isin(panoptic.segment_ids, things).astype(np.float32))
    # instances come in the order of their segment ids
    segment_of = dict(enumerate(sorted(things)))
    return Answers(picture, "truth", semantic, instances, panoptic, matte, segment_of, key=key)


def of_networks(
    picture: Picture,
    scene: Scene,
    matte: Matte,
    times: tuple[StageTimes, ...],
    *,
    key: str = "",
) -> Answers:
    """Return the answers of the networks, and which object became which segment."""
    semantic, instances = scene.semantic, scene.instances
    if semantic is None or instances is None:
        raise ValueError("the network answers with classes and objects")
    merged = merge_steps(semantic, instances)
    segment_of = {claim.row: claim.segment for claim in merged.claims if claim.segment}
    return Answers(
        picture, "networks", semantic, instances, merged.panoptic, matte, segment_of, times, key
    )


def networks(picture: Picture) -> tuple[Scene, Matte, tuple[StageTimes, ...]]:
    """Run both networks."""
    digest = picture.image.digest
    scene = caches.answer(digest, SCENE_MODEL, None, picture)
    matte = caches.answer(digest, MATTE_MODEL, None, picture)
    return scene.result, matte.result, (scene.times, matte.times)
