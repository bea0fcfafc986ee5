"""The tabs under the stage: numbers beside the published ones, the formula in numbers, the code."""

from __future__ import annotations

import streamlit as st

from seglib.concepts import fusion, fusion_graph
from seglib.concepts.fusion import PUBLISHED, STRIDES, FusionOptions
from seglib.ui import frame, stepper
from seglib.ui.numbers import UNDEFINED, percent, sig3
from seglib.ui.samples import Picture
from seglib.ui.skips import state, steps
from seglib.ui.skips.state import STEP

_LONG = "https://arxiv.org/abs/1411.4038"


def numbers(picture: Picture, options: FusionOptions) -> None:
    """Show the picture's numbers, our measured means and the published ones."""
    if picture.truth is not None:
        with st.grid(3, min_column_width=150, gap="small"):
            for stride in STRIDES:
                found = state.judged(picture, options, stride)
                st.metric(f"FCN-{stride}s, mean IoU", sig3(found.mean_iou), border=True)
    heads = state.heads()
    measured = {entry["network"]: entry for entry in heads.facts["evaluations"]}
    body = []
    for stride in STRIDES:
        name = f"FCN-{stride}s"
        found = state.judged(picture, options, stride)
        cells = [
            *(
                sig3(value) if value is not None else "no truth"
                for value in (found.mean_iou, found.boundary_iou, found.pixel_accuracy)
            ),
            percent(measured[name]["mean_iou"]) if name in measured else UNDEFINED,
            f"{PUBLISHED[stride]} %",
        ]
        row = "".join(f"<td>{cell}</td>" for cell in cells)
        body.append(f'<tr><th scope="row">{name}</th>{row}</tr>')
    heads_row = (
        "Network",
        "Mean IoU, this picture",
        "Boundary IoU",
        "Pixels right",
        "CamVid val, ours",
        "VOC 2011, published",
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in heads_row)
    first = heads.facts["evaluations"][0]
    st.html(
        f'<div class="seg-table" data-testid="skips-table"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table></div>"
    )
    st.markdown(
        f"Ours: mean IoU over {first['images']} CamVid val frames, {first['size'][0]} × "
        f"{first['size'][1]}, {first['precision']}, weights of the skips 1. Published: FCN-VGG16 "
        f"on 736 pictures of VOC 2011 val ([Long et al. 2015]({_LONG}), table 2). Another data set "
        "and another network: compare the steps, not the levels."
    )


def show(picture: Picture, options: FusionOptions) -> None:
    """Explain the step shown, with the numbers of the middle cell."""
    found = state.fused(picture, options)
    step = steps.STEPS[stepper.read(STEP, len(steps.STEPS))]
    st.markdown(f"**{step.title}**")
    st.latex(step.tex)
    class_id = state.chosen_class()
    name = {label.id: label.name for label in state.label_set()}[class_id]
    _, high, wide = found.score16.shape
    y, x = high // 2, wide // 2
    st.markdown(f"In the middle cell at 1/16 (row {y}, column {x}), for **{name}**:")
    a, b, c = (float(m[class_id, y, x]) for m in (found.up32, found.score16, found.sum16))
    st.latex(rf"F_{{16}} = {a:.3f} + {options.skip16:g} \cdot ({b:.3f}) = {c:.3f}")
    _, high, wide = found.score8.shape
    y, x = high // 2, wide // 2
    st.markdown(f"At 1/8 (row {y}, column {x}):")
    a, b, c = (float(m[class_id, y, x]) for m in (found.up16, found.score8, found.sum8))
    st.latex(rf"F_8 = {a:.3f} + {options.skip8:g} \cdot ({b:.3f}) = {c:.3f}")
    st.markdown(
        "Twice as large, bilinear: each new score mixes its four nearest, in each direction"
    )
    st.latex(
        r"u_{2i} = \tfrac{1}{4} s_{i-1} + \tfrac{3}{4} s_i, \qquad "
        r"u_{2i+1} = \tfrac{3}{4} s_i + \tfrac{1}{4} s_{i+1}"
    )
    channels = state.heads().facts["channels"]
    st.markdown(
        "#### Where the scores come from\n"
        f"The street network ends at 1/16: its last stage is atrous. So 1/32 is made here by "
        f"averaging 2 × 2 cells of its context ({channels['32']} channels). 1/16 reads the "
        f"backbone before the atrous stage ({channels['16']} channels), 1/8 reads it before the "
        f"last halving ({channels['8']} channels). Each head is a 1 × 1 convolution to 11 classes, "
        "trained on CamVid with the network frozen: first 1/32, then 1/16 on top, then 1/8. "
        "[Long et al. 2015](" + _LONG + ") train the whole network each time."
    )


def code() -> None:
    """Show what ran."""
    frame.show_code(
        fusion.fuse,
        fusion.enlarge,
        fusion_graph.fuse,
        intro="The reference in NumPy, and the graph that ran in OpenVINO:",
    )
