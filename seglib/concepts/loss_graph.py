"""Cross-entropy as an OpenVINO graph: LogSoftmax, then the true class gathered at each pixel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.concepts import _graph
from seglib.concepts.loss import Logits, check
from seglib.concepts.one_hot import Labels


def cross_entropy(
    logits: Logits, labels: Labels, *, ignore_label: int | None = 255
) -> NDArray[np.float32]:
    """As :func:`seglib.concepts.loss.cross_entropy`, computed by OpenVINO.

    Returns
    -------
    (H, W) float32
        ``nan`` where the label is ignored.
    """
    check(logits, labels, ignore_label)
    known = np.ones(labels.shape, bool) if ignore_label is None else labels != ignore_label

    def build(nodes: Mapping[str, Any]) -> Any:
        from openvino import opset13

        log_p = opset13.log_softmax(nodes["logits"], 0)
        return opset13.negative(opset13.gather_elements(log_p, nodes["labels"], 0))

    place = np.where(known, labels, 0).astype(np.int64)[None]
    answer = _graph.run("cross_entropy", build, {"logits": logits, "labels": place})[0][0]
    return np.where(known, answer, np.nan).astype(np.float32)
