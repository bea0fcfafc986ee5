"""What the page shows: the objects of a picture as they are set now, cached for all visitors."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from seglib.labels import Label
from seglib.options import Checked, choice, number, switch
from seglib.results import Instances, StageTimes
from seglib.ui import address, caches, knobs
from seglib.ui.address import Param, one_of
from seglib.ui.instance import decoding, packing
from seglib.ui.instance.decoding import Decoding
from seglib.ui.pack import Packed
from seglib.ui.samples import Picture

if TYPE_CHECKING:
    from seglib.models import Forward

PREFIX = "in"
MOST_TAGS = 40
"""Objects that get a box and a label each; of more, only the chosen one does."""


@dataclass(frozen=True)
class ViewOptions(Checked):
    """How objects are drawn, and which."""

    colour: str = choice(
        "instance",
        ("instance", "class"),
        "A colour an object, or that of its class.",
        title="Colour of",
    )
    opacity: float = number(0.55, 0.0, 1.0, "0 shows the picture, 1 the colours alone.")
    contour: bool = switch(
        True, "The rim of every part and every hole, white in black.", title="Contours"
    )
    boxes: bool = switch(
        True, f"Drawn for up to {MOST_TAGS} objects; of more, for the chosen one.", title="Boxes"
    )
    labels: bool = switch(
        True,
        f"Class and score at each object, for up to {MOST_TAGS}; one that would hide a better "
        "one is left out.",
        title="Labels",
    )
    score: float = number(0.0, 0.0, 1.0, "Objects with a lower score are hidden.", step=0.01,
                          title="Score from")  # fmt: skip


PRECISIONS = {"auto": "Automatic", "f32": "f32", "bf16": "bf16"}
MODEL = Param("in_model", "everyday", one_of(*(card.name for card in decoding.cards())))
PRECISION = Param("in_precision", "auto", one_of(*PRECISIONS))
PICK = Param("in_pick", "", lambda text: text == "" or address.integer(1, packing.MOST)(text))
_DECODINGS = tuple(
    found for card in decoding.cards() if (found := decoding.decoding(card.name)) is not None
)
PARAMS = (
    MODEL,
    PRECISION,
    PICK,
    *knobs.params(ViewOptions, PREFIX),
    *(param for each in _DECODINGS for param in knobs.params(each.options, each.prefix)),
)
"""Everything that this page keeps in the address, besides the picture and the open tab."""


@dataclass(frozen=True, eq=False)
class Decoded:
    """All objects of a picture, those below the threshold too.

    Parameters
    ----------
    adapter : Adapter
        Which decoded.
    forward : Forward
        The network's outputs.
    instances : Instances
        Best score first.
    times : StageTimes
    """

    adapter: Any
    forward: Forward
    instances: Instances
    times: StageTimes


@dataclass(frozen=True, eq=False)
class Work:
    """Everything the page needs of one run.

    Parameters
    ----------
    picture : Picture
    how : Decoding
    options : Checked
        Of the decoding, as set.
    view : ViewOptions
    decoded : Decoded
    instances : Instances
        Those that reach the threshold: the first so many of ``decoded``.
    packed : Packed
        For the browser.
    times : StageTimes
        With the packing as the rendering.
    pick : int or None
        Row of the chosen object.
    precision : str or None
    """

    picture: Picture
    how: Decoding
    options: Any
    view: ViewOptions
    decoded: Decoded
    instances: Instances
    packed: Packed
    times: StageTimes
    pick: int | None
    precision: str | None

    @property
    def threshold(self) -> float:
        """Least score that is shown."""
        return least_score(self.how, self.options, self.view)

    @property
    def best_below(self) -> float | None:
        """Best score among the objects that are hidden, if any is."""
        rest = self.decoded.instances.scores[len(self.instances) :]
        return float(rest[0]) if rest.size else None

    def label(self, row: int) -> Label:
        """Return the class of an object."""
        return self.instances.label_set.label(int(self.instances.class_ids[row]))

    def text(self, row: int) -> str:
        """Return class and score as they are written at an object."""
        return f"{self.label(row).name} {self.instances.scores[row]:.2f}"

    def tagged(self) -> Sequence[int]:
        """Return the rows that get boxes and labels, without a choice."""
        return range(len(self.instances)) if len(self.instances) <= MOST_TAGS else ()


def least_score(how: Decoding, options: Any, view: ViewOptions) -> float:
    """Return the threshold: the decoder's own where it has one, else the page's."""
    return float(view.score if how.score is None else getattr(options, how.score))


def read(picture: Picture, how: Decoding) -> Work:
    """Decode the picture as it is set now; the network runs only for a picture new to it."""
    options, view = knobs.read(how.options, how.prefix), knobs.read(ViewOptions, PREFIX)
    precision = None if address.get(PRECISION) == "auto" else address.get(PRECISION)
    source = caches.source_of(picture)
    # everything is decoded once: a threshold then only hides, and the best hidden score is known
    wide = options if how.score is None else replace(
        options, **{how.score: how.info(how.score).low}
    )  # fmt: skip
    digest, name = picture.image.digest, how.card.name
    decoded = _decoded(digest, name, precision, wide, picture)
    least = least_score(how, options, view)
    count = int(np.count_nonzero(decoded.instances.scores >= np.float32(least)))
    shown = _shown(digest, name, precision, wide, count, source, decoded, picture)
    _settle((digest, name, precision, wide, source))
    pick = address.get(PICK)
    row = int(pick) - 1 if pick else None
    return Work(
        picture, how, options, view, decoded, shown.instances, shown.packed,
        replace(decoded.times, decode_ms=picture.decode_ms, render_ms=shown.render_ms),
        row if row is not None and row < count else None, precision,
    )  # fmt: skip


def _settle(key: Any) -> None:
    """Forget the chosen number where it would mean another object, unless a link just said it."""
    before, adopted = st.session_state.get("_in_for"), st.session_state.get("_adopted", set())
    fresh = adopted is not st.session_state.get("_in_adopted")
    st.session_state["_in_for"], st.session_state["_in_adopted"] = key, adopted
    if before is not None and before != key and not (fresh and PICK.name in adopted):
        address.put(PICK, "")


@st.cache_resource(max_entries=6, ttl="20m", show_spinner=False)
def _decoded(
    digest: str, name: str, precision: str | None, options: Any, _picture: Picture
) -> Decoded:
    forward = caches.forward(digest, name, precision, _picture)
    own = decoding.adapter(caches.segmenter(name, precision).card, options)
    start = time.perf_counter()
    found = decoding.objects(own, forward.inference, forward.placement)
    elapsed = 1e3 * (time.perf_counter() - start)
    return Decoded(own, forward, found, replace(forward.times, postprocess_ms=elapsed))


@dataclass(frozen=True, eq=False)
class _Shown:
    instances: Instances
    packed: Packed
    render_ms: float


@st.cache_resource(max_entries=8, ttl="20m", show_spinner=False)
def _shown(
    digest: str,
    name: str,
    precision: str | None,
    options: Any,
    count: int,
    source: str,
    _decoded: Decoded,
    _picture: Picture,
) -> _Shown:
    start = time.perf_counter()
    instances = _decoded.instances.select(range(count))
    packed = packing.pack(_picture.image, instances, alt=_picture.title)
    return _Shown(instances, packed, 1e3 * (time.perf_counter() - start))
