"""The map on the left: a loss, the truth or the prediction, in colours."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.concepts import loss_focal
from seglib.render import colourise
from seglib.ui.figures import feature
from seglib.ui.loss.judged import Judged

TOP_NATS = 4.0
TITLES = {
    "loss": "Cross-entropy of each pixel, 0 (dark) to 4 nats (bright)",
    "weighted": "Weighted cross-entropy, 0 (dark) to 4 nats (bright), relative to the mean weight",
    "focal": "Focal loss of each pixel, 0 (dark) to 4 nats (bright)",
    "truth": "Truth (pale is ignored)",
    "prediction": "Prediction",
}


def address(judged: Judged, show: str, *, weights: NDArray[np.float64], gamma: float) -> str:
    """Return the map as a data address."""
    key = f"{judged.key}:{show}"
    if show == "weighted":
        key += ":" + ",".join(f"{value:.4g}" for value in weights)
    elif show == "focal":
        key += f":{gamma:g}"
    return _drawn(key, show, tuple(weights.tolist()), gamma, judged)


@st.cache_resource(max_entries=16, ttl="20m", show_spinner=False)
def _drawn(key: str, show: str, _weights: tuple[float, ...], _gamma: float, _judged: Judged) -> str:
    judged = _judged
    if show == "truth":
        return feature.data_uri(colourise(judged.truth, judged.label_set))
    if show == "prediction":
        return feature.data_uri(colourise(judged.prediction, judged.label_set))
    values = judged.losses
    if show == "focal":
        values = loss_focal.focal(values, gamma=_gamma)
    elif show == "weighted":
        table = np.ones(256, np.float32)
        table[: len(_weights)] = _weights
        each = table[judged.truth]
        known = ~np.isnan(values)
        mean = float(each[known].mean()) if known.any() else 1.0
        values = values * each / (mean or 1.0)
    return feature.data_uri(feature.colours(values, limits=(0.0, TOP_NATS)))
