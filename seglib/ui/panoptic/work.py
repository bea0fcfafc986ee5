"""What the page shows: segments of a network, of the truth, or of stuff and true objects merged."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import cast

import streamlit as st

from seglib.metrics import PanopticQuality, panoptic_quality
from seglib.models import find
from seglib.models.adapters import SceneAdapter
from seglib.models.adapters.merging import MergeOptions, Merging, merge_steps
from seglib.models.adapters.prototypes import PrototypeOptions
from seglib.options import Checked, choice, switch
from seglib.render import SegmentColorBy
from seglib.results import Instances, Panoptic, SemanticMap, StageTimes
from seglib.ui import address, caches, knobs
from seglib.ui.address import Param, one_of
from seglib.ui.samples import Picture

MODEL, STUFF_MODEL = "everyday", "street"
SOURCES = {
    "network": "Network",
    "mixed": "True objects",
    "truth": "Truth",
}
SOURCE = Param("pan_source", "network", one_of(*SOURCES))


@dataclass(frozen=True)
class LookOptions(Checked):
    """How segments are drawn."""

    colour: str = choice(
        "shade",
        ("shade", "object", "class"),
        "Things in shades of their class's colour, each in its own, or all of a class alike. "
        "Stuff is always in its class's colour.",
    )
    names: bool = switch(True, "Write each segment's name where it has most room.")

    @property
    def by(self) -> SegmentColorBy:
        """The colour, as drawing functions call it."""
        return cast("SegmentColorBy", self.colour)


OBJECTS, MERGING, LOOK = "panp", "panm", "pan"
OPTION_PARAMS = (
    *knobs.params(PrototypeOptions, OBJECTS),
    *knobs.params(MergeOptions, MERGING),
    *knobs.params(LookOptions, LOOK),
)


@dataclass(frozen=True, eq=False)
class Answers:
    """What goes into the merging.

    Parameters
    ----------
    semantic : SemanticMap
    instances : Instances
    times : StageTimes
        Of the network.
    """

    semantic: SemanticMap
    instances: Instances
    times: StageTimes


@dataclass(frozen=True, eq=False)
class Work:
    """Everything of one picture and one set of settings.

    Parameters
    ----------
    picture : Picture
    source : str
        One of :data:`SOURCES`.
    panoptic : Panoptic
    merging : Merging or None
        How it came about; ``None`` for the truth, which nobody merged.
    times : StageTimes or None
        ``None`` where no network ran.
    quality : PanopticQuality or None
        Against the truth, where both speak of the same classes.
    merge_ms : float
        Milliseconds of the merging alone.
    key : str
        Equal for equal picture and settings, to key caches by.
    """

    picture: Picture
    source: str
    panoptic: Panoptic
    merging: Merging | None = None
    times: StageTimes | None = None
    quality: PanopticQuality | None = None
    merge_ms: float = 0.0
    key: str = ""

    @property
    def model(self) -> str | None:
        """Name of the network that answered."""
        return {"network": MODEL, "mixed": STUFF_MODEL}.get(self.source)

    @property
    def scores(self) -> dict[int, float]:
        """Score by segment id, of those that have one: objects that a network proposed."""
        if self.merging is None or self.source != "network":
            return {}
        return {claim.segment: claim.score for claim in self.merging.claims if claim.segment}


def sources(picture: Picture) -> dict[str, str]:
    """Return what can be chosen for a picture; truth is only there for generated ones."""
    there = {"network"}
    if picture.scene is not None and picture.scene.panoptic is not None:
        there.add("truth")
        # of true objects, only those of streets are in the classes of the street network
        if picture.truth is not None:
            there.add("mixed")
    return {name: title for name, title in SOURCES.items() if name in there}


def source(picture: Picture) -> str:
    """Return where the segments come from: as chosen, where this picture has that."""
    chosen = address.get(SOURCE)
    return chosen if chosen in sources(picture) else "network"


def read(picture: Picture) -> Work:
    """Return the work as it is set now."""
    return held(
        picture.image.digest,
        caches.source_of(picture),
        source(picture),
        knobs.read(PrototypeOptions, OBJECTS),
        knobs.read(MergeOptions, MERGING),
        picture,
    )


@st.cache_resource(max_entries=6, ttl="20m", show_spinner=False)
def held(
    digest: str,
    origin: str,
    chosen: str,
    objects: PrototypeOptions,
    merging: MergeOptions,
    _picture: Picture,
) -> Work:
    """Merge once for a picture, a source and settings; the network runs once for a picture."""
    key = f"{digest}:{origin}:{chosen}:{objects}:{merging}"
    truth = _picture.scene.panoptic if _picture.scene is not None else None
    if chosen == "truth" and truth is not None:
        return Work(_picture, "truth", truth, key=key)
    answers = mixed(_picture) if chosen == "mixed" else network(_picture, objects)
    start = time.perf_counter()
    merged = merge_steps(answers.semantic, answers.instances, merging)
    merge_ms = 1e3 * (time.perf_counter() - start)
    quality = None
    if truth is not None and truth.label_set == merged.panoptic.label_set:
        quality = panoptic_quality(truth, merged.panoptic)
    name = "mixed" if chosen == "mixed" else "network"
    return Work(_picture, name, merged.panoptic, merged, answers.times, quality, merge_ms, key)


def network(picture: Picture, options: PrototypeOptions) -> Answers:
    """Return classes and objects of the everyday network."""
    digest = picture.image.digest
    done = caches.answer(digest, MODEL, None, picture)
    if options == PrototypeOptions():
        return Answers(done.result.semantic, done.result.instances, done.times)
    outputs = caches.forward(digest, MODEL, None, picture)
    adapter = SceneAdapter(find(MODEL), options)
    instances = adapter.instances(outputs.inference, outputs.placement)
    return Answers(done.result.semantic, instances, done.times)


def mixed(picture: Picture) -> Answers:
    """Return the street network's classes and the exact objects of a generated street."""
    done = caches.answer(picture.image.digest, STUFF_MODEL, None, picture)
    objects = picture.objects
    if objects is None:
        raise ValueError("a generated street has objects")
    return Answers(done.result, objects, done.times)
