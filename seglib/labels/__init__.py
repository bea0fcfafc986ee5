"""The one label table: every label set with its names and colours."""

from __future__ import annotations

from seglib.labels.label_set import VOID_COLOR, Color, Label, LabelSet
from seglib.labels.table import CAMVID_11

__all__ = ["CAMVID_11", "VOID_COLOR", "Color", "Label", "LabelSet"]
