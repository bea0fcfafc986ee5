"""Three things to try on the upsampling page."""

from __future__ import annotations

from seglib.ui.tries import Try

PAGE = "pages/upsampling.py"

IDEAS: tuple[Try, ...] = (
    Try(
        "Where does the checkerboard come from?",
        "A 3 × 3 kernel with stride 2: some cells are hit once, some twice, some four times.",
        {
            "ups": "transposed",
            "tc_view": "overlap",
            "tc_kernel": "3",
            "tc_stride": "2",
            "tc_padding": "0",
            "tc_weights": "ones",
        },
    ),
    Try(
        "What do the wrong coordinates cost?",
        "Asymmetric moves every border up and left. On a real street that costs more IoU than "
        "not interpolating at all.",
        {
            "ups": "scores",
            "picture": "street",
            "seed": "40",
            "real_way": "asymmetric",
            "real_against": "half_pixel",
            "real_show": "errors",
        },
    ),
    Try(
        "Why is p′ not p?",
        "Step over the picture with zeros between: cropping by p leaves k − 1 − p zeros around.",
        {
            "ups": "transposed",
            "tc_view": "zeros",
            "tc_kernel": "4",
            "tc_stride": "2",
            "tc_padding": "1",
            "tc_weights": "tent",
            "tc_cell": "22",
        },
    ),
)
"""The three."""
