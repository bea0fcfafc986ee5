"""The stage: a picture and its segmentation, drawn in the browser.

Opacity, view, isolation and hovering never ask the server: the browser has the label map and the
network's scores. It reports its state a moment later, for the address and the downloads.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from seglib.labels import LabelSet
from seglib.ui.address import Param, get, integer, one_of, put
from seglib.ui.pack import Packed

VIEWS = ("overlay", "mask", "side", "swipe")
SHOWS = ("classes", "truth", "errors", "confidence", "changed")
AGAINST = ("photo", "truth")


@dataclass(frozen=True)
class StageState:
    """What a visitor has set on the stage.

    Parameters
    ----------
    view : str
        One of :data:`VIEWS`.
    show : str
        One of :data:`SHOWS`: which map lies on the picture.
    opacity : int
        Percent.
    contour : bool
        Whether borders between classes are drawn.
    against : str
        One of :data:`AGAINST`: what swipe and side by side compare with.
    only : tuple of int
        Class ids shown alone; empty shows all.
    """

    view: str = "overlay"
    show: str = "classes"
    opacity: int = 60
    contour: bool = False
    against: str = "photo"
    only: tuple[int, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return a plain dictionary."""
        return asdict(self)


def _names(text: str) -> bool:
    return len(text) <= 400


def params(prefix: str = "", **defaults: str) -> dict[str, Param]:
    """Return the address values of a stage.

    Parameters
    ----------
    prefix : str
        The page's own; the semantic page has none.
    **defaults : str
        What the page opens with, by name of the value.
    """
    rules = {
        "view": ("overlay", one_of(*VIEWS)),
        "show": ("classes", one_of(*SHOWS)),
        "opacity": ("60", integer(0, 100)),
        "contour": ("0", one_of("0", "1")),
        "against": ("photo", one_of(*AGAINST)),
        "only": ("", _names),
    }
    return {
        name: Param(f"{prefix}{name}", defaults.get(name, default), valid)
        for name, (default, valid) in rules.items()
    }


PARAMS: dict[str, Param] = params()
"""How each value of the state is called in the address of the semantic page."""


def from_address(label_set: LabelSet, own: Mapping[str, Param] = PARAMS) -> StageState:
    """Read the state out of the address; class names that are unknown are dropped.

    ``own`` are the page's values, from :func:`params`.
    """
    ids = {label.name: label.id for label in label_set}
    return StageState(
        view=get(own["view"]),
        show=get(own["show"]),
        opacity=int(get(own["opacity"])),
        contour=get(own["contour"]) == "1",
        against=get(own["against"]),
        only=tuple(ids[name] for name in get(own["only"]).split(",") if name in ids),
    )


def to_address(state: StageState, label_set: LabelSet, own: Mapping[str, Param] = PARAMS) -> None:
    """Write the state to the address (published later)."""
    names = {label.id: label.name for label in label_set}
    put(own["view"], state.view)
    put(own["show"], state.show)
    put(own["opacity"], str(state.opacity))
    put(own["contour"], "1" if state.contour else "0")
    put(own["against"], state.against)
    put(own["only"], ",".join(names[i] for i in state.only))


def parse(report: Any, label_set: LabelSet) -> StageState | None:
    """Return the state that a browser reported, or ``None`` where it makes no sense.

    The report comes from outside and may hold anything.
    """
    if not isinstance(report, dict):
        return None
    ids = {label.id for label in label_set}
    only = report.get("only")
    opacity = report.get("opacity")
    if (
        report.get("view") not in VIEWS
        or report.get("show") not in SHOWS
        or report.get("against") not in AGAINST
        or isinstance(opacity, bool)
        or not isinstance(opacity, (int, float))
        or not 0 <= opacity <= 100
        or not isinstance(only, list)
    ):
        return None
    return StageState(
        view=report["view"],
        show=report["show"],
        opacity=round(opacity),
        contour=report.get("contour") is True,
        against=report["against"],
        only=tuple(i for i in only if isinstance(i, int) and i in ids),
    )


@cache
def _file(name: str) -> str:
    return (Path(__file__).parent / "frontend" / name).read_text(encoding="utf-8")


# Registered at import, as Streamlit asks: registering again at each mount would warn.
_STAGE = st.components.v2.component(
    "seglib_stage",
    html=_file("stage.html"),
    css=_file("stage.css"),
    js="".join(map(_file, ("store.js", "layers.js", "input.js", "stage.js"))),
)
_CONTROLS = st.components.v2.component(
    "seglib_stage_controls",
    html=_file("controls.html"),
    css=_file("controls.css"),
    js=_file("store.js") + _file("controls.js"),
)


@dataclass
class Session:
    """One stage in one visitor's session.

    Parameters
    ----------
    name : str
        Name of the stage, unique on its page.
    initial : StageState
        What the browser starts from.
    nonce : str
        Changes when the server sets the state anew; else the browser's own state rules.
    """

    name: str
    initial: StageState
    nonce: str

    def state(self, label_set: LabelSet) -> StageState:
        """Return the state last reported by the browser, else the initial one."""
        component = st.session_state.get(f"stage_{self.name}")
        report = component.get("state") if component else None
        if isinstance(report, dict) and report.get("nonce") == self.nonce:
            return parse(report, label_set) or self.initial
        return self.initial


def session(name: str, initial: StageState, *, anew: bool = False) -> Session:
    """Return the stage called ``name`` in this session; ``anew`` sets its state to ``initial``."""
    key = f"_stage_{name}"
    found: Session | None = st.session_state.get(key)
    if found is None or anew:
        found = Session(name, initial, secrets.token_hex(4))
        st.session_state[key] = found
    return found


def show(own: Session, packed: Packed) -> None:
    """Draw the stage."""
    blob = packed.blob(stage=own.name, initial=own.initial.as_dict(), nonce=own.nonce)
    _STAGE(key=f"stage_{own.name}", data=blob, on_state_change=_nothing)


def controls(
    own: Session,
    packed: Packed,
    *,
    items: Sequence[str] = ("view", "show", "opacity", "contour", "against"),
) -> None:
    """Draw the controls of a stage: they act in the browser, at once."""
    shows = list(packed.head["shows"])
    _CONTROLS(
        key=f"controls_{own.name}",
        data={
            "stage": own.name,
            "initial": own.initial.as_dict(),
            "nonce": own.nonce,
            "shows": shows,
            "items": list(items),
            "words": packed.head.get("words", {}),
        },
    )


def with_default_show(state: StageState, packed: Packed) -> StageState:
    """Return what is really shown: a map that this picture lacks falls back to the prediction."""
    shows = packed.head["shows"]
    return replace(
        state,
        show=state.show if state.show in shows else "classes",
        against=state.against if "truth" in shows else "photo",
    )


def _nothing() -> None:
    """Stand in as the callback that lets Streamlit know the name of the state."""
