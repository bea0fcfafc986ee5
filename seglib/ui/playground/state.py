"""One visitor's playground: what is painted on the maps, and the numbers of the last changes."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.errors import SeglibError
from seglib.labels import LabelSet
from seglib.ui.boundary import sentence
from seglib.ui.playground import edits

_LOG = logging.getLogger("seglib.ui")
Labels = NDArray[np.uint8]
MOST_CHANGES = 24
"""States that a sparkline remembers."""


@dataclass
class Layer:
    """Painted pixels over a map: where, and which class."""

    where: NDArray[np.bool_]
    values: Labels

    def over(self, base: Labels) -> Labels:
        """Return the base with the paint on it, read-only."""
        painted = np.where(self.where, self.values, base)
        painted.setflags(write=False)
        return painted


@dataclass
class Session:
    """What one visitor has done.

    Parameters
    ----------
    scene : str
        Which situation the paint belongs to.
    token : str
        Names the maps without paint: situation, sliders and seed.
    nonce : str
        Changes whenever the browser must take the server's maps; else its own are newer.
    base : tuple of ndarray
        Truth and prediction without paint, as last drawn.
    paint : dict
        Layers by ``"truth"`` and ``"prediction"``.
    history : list
        Values of the last states, oldest first.
    trail : tuple
        What the history is about; the last state it holds.
    problem : str
        Why the last report of the browser was refused.
    """

    scene: str = ""
    token: str = ""
    nonce: str = ""
    base: tuple[Labels, Labels] | None = None
    label_set: LabelSet | None = None
    paint: dict[str, Layer] = field(default_factory=dict)
    history: list[Mapping[str, float]] = field(default_factory=list)
    trail: tuple[Any, Any] = (None, None)
    problem: str = ""

    def maps(
        self, scene: str, token: str, truth: Labels, prediction: Labels, label_set: LabelSet
    ) -> tuple[Labels, Labels]:
        """Return truth and prediction with the paint on them.

        Paint stays when a slider moves the map under it, and goes with the situation.
        """
        if scene != self.scene:
            self.paint.clear()
            self.problem = ""
        if token != self.token or not self.nonce:
            self.nonce = secrets.token_hex(6)
        self.scene, self.token, self.label_set = scene, token, label_set
        self.base = (truth, prediction)
        return tuple(  # type: ignore[return-value]
            self.paint[name].over(base) if name in self.paint else base
            for name, base in zip(("truth", "prediction"), self.base, strict=True)
        )

    def take(self, report: Any) -> None:
        """Take over what the browser reported; refuse it in one sentence where it is no map."""
        if self.base is None or self.label_set is None:
            return
        height, width = self.base[0].shape
        try:
            edit = edits.read(
                report,
                nonce=self.nonce,
                size=(width, height),
                classes=[label.id for label in self.label_set],
                ignore=self.label_set.ignore,
            )
        except SeglibError as error:
            _LOG.info("refused from a browser: %s", error)
            self.problem = f"{sentence(error)} Your maps are as they were."
            # The browser shows what was refused: it takes the server's maps again.
            self.nonce = secrets.token_hex(6)
            return
        if edit is None:
            return
        self.problem = ""
        for name, base, now in (
            ("truth", self.base[0], edit.truth),
            ("prediction", self.base[1], edit.prediction),
        ):
            where = now != base
            if where.any():
                self.paint[name] = Layer(where, now)
            else:
                self.paint.pop(name, None)

    def clear(self) -> None:
        """Take all paint off."""
        self.paint.clear()
        self.nonce = secrets.token_hex(6)

    def painted(self) -> int:
        """Count the painted pixels of both maps."""
        return sum(int(np.count_nonzero(layer.where)) for layer in self.paint.values())

    def remember(self, about: Any, state: Any, values: Mapping[str, float]) -> None:
        """Add a state to the history; a history is about one class of one situation."""
        if self.trail[0] != about:
            self.history = []
        elif self.trail[1] == state:
            return
        self.history = [*self.history, values][-MOST_CHANGES:]
        self.trail = (about, state)


def session() -> Session:
    """Return this visitor's playground."""
    found: Session = st.session_state.setdefault("_playground", Session())
    return found
