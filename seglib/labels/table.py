"""Names and colours of the label sets (facts of the data sets, one row a class)."""

from __future__ import annotations

from seglib.labels.label_set import Label, LabelSet

CAMVID_11 = LabelSet(
    "camvid-11",
    "CamVid (11 classes)",
    (
        Label(0, "sky", (128, 128, 128)),
        Label(1, "building", (128, 0, 0)),
        Label(2, "pole", (192, 192, 128)),
        Label(3, "road", (128, 64, 128)),
        Label(4, "pavement", (60, 40, 222)),
        Label(5, "tree", (128, 128, 0)),
        Label(6, "sign", (192, 128, 128)),
        Label(7, "fence", (64, 64, 128)),
        Label(8, "car", (64, 0, 128), thing=True),
        Label(9, "pedestrian", (64, 64, 0), thing=True),
        Label(10, "bicyclist", (0, 128, 192), thing=True),
    ),
)
