"""Overlap-tile under the picture: what the seams did in numbers, how it works, the code."""

from __future__ import annotations

import streamlit as st

from seglib.concepts import overlap_tile
from seglib.ui import frame, plots
from seglib.ui.numbers import percent, sig3
from seglib.ui.unet import tiling
from seglib.ui.unet.tile_setup import Setup, bare_plan
from seglib.ui.upsampling.shared import formula


def numbers(setup: Setup) -> None:
    """Draw the numbers."""
    if setup.labels is None:
        st.html('<p class="seg-note">Run the tiles to measure their seams.</p>')
        return
    change = tiling.seams(setup.labels, setup.plan)
    cells = [
        (
            "Class changes across a seam",
            percent(change.across),
            "Share of the pixel pairs with a seam between them that have two classes. Needs no "
            "reference.",
        ),
        (
            "Class changes elsewhere",
            percent(change.elsewhere),
            "The same for all other neighbours: what a picture without seams would have.",
        ),
    ]
    found = bare = None
    if setup.whole is not None and setup.bare is not None:
        found = tiling.agreement(setup.labels, setup.whole, setup.plan)
        bare = tiling.agreement(setup.bare, setup.whole, bare_plan(setup.scene))
        needed = tiling.context_needed(bare)
        cells += [
            (
                "Unlike, near a seam",
                percent(found.near),
                f"Pixels within {tiling.BAND} px of a seam with another class than the whole "
                "picture in one call gives.",
            ),
            (
                "Unlike, farther off",
                percent(found.far),
                "Never zero: the network also pools its whole input, and a tile is not the whole.",
            ),
            (
                "Context needed",
                f"{needed:.0f} px" if needed is not None else "over 150 px",
                "From the rim of a tile without overlap to where three quarters of its difference "
                "from the whole picture is gone. The overlap is twice that.",
            ),
        ]
    with st.grid(len(cells), min_column_width=150, gap="small"):
        for label, value, text in cells:
            st.metric(label, value, help=text, border=True)
    if setup.whole is None or found is None or bare is None:
        st.html(
            '<p class="seg-note">“Compare with the whole picture at once” measures how far from a '
            "tile's rim the answers still differ.</p>"
        )
        return
    whole_iou, iou = (tiling.mean_iou(setup.scene, v) for v in (setup.whole, setup.labels))
    if whole_iou is not None:
        st.html(
            f'<p class="seg-note" data-testid="tile-iou">Mean IoU {sig3(iou)} by tiles, '
            f"{sig3(whole_iou)} in one call.</p>"
        )
    series = {
        name: (one.distances, [100 * share for share in one.differs])
        for name, one in (("no overlap", bare), ("this plan", found))
        if one.distances
    }
    if series:
        plots.line(
            series,
            x="distance of a kept pixel to its tile's rim, px",
            y="pixels unlike the whole, %",
            key="tile_curve",
            markers=True,
            at=float(setup.options.overlap // 2) if setup.options.overlap else None,
            alt="share of pixels unlike the whole picture's answer, by distance to the tile's rim",
        )


def how(setup: Setup) -> None:
    """Explain."""
    plan = setup.plan
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("#### How many tiles")
        names = ("across", "down")
        if plan.mirror:
            lines = [r"N &= \left\lceil \frac{n}{t - o} \right\rceil"]
        else:
            lines = [r"N &= \left\lceil \frac{n - o}{t - o} \right\rceil"]
        for axis, name in enumerate(names):
            n, t, o = plan.size[axis], plan.tile[axis], plan.overlap[axis]
            top = f"{n}" if plan.mirror else f"{n} - {o}"
            count = len(plan.columns) if axis == 0 else len(plan.rows)
            lines.append(
                rf"N_{{\text{{{name}}}}} &= \left\lceil \frac{{{top}}}{{{t} - {o}}} \right\rceil "
                rf"= {count}"
            )
        formula(*lines)
        st.markdown(
            "The last tile is moved back to end with the picture, or all are spread evenly. The "
            "seam runs through the middle of what neighbours share, and every pixel is kept from "
            "exactly one tile."
        )
    with right:
        st.markdown("#### Why overlap, and why mirror")
        st.markdown(
            "Near its border a tile's answer rests on padding instead of picture. Overlap moves "
            "the seam away from that rim. At the picture's own border there is nothing to overlap "
            "with: U-Net ([Ronneberger et al. 2015](https://arxiv.org/abs/1505.04597), figure 2) "
            "has no padding at all, so it must mirror: a 572 px tile gives 388 px, with 92 px of "
            "context on each side."
        )
        st.markdown(
            "The street network pads with zeros and learned to live with that at a picture's "
            "border; a mirrored street upside down is new to it. Measure whether mirroring helps "
            "here."
        )


def code(setup: Setup) -> None:
    """Show what ran."""
    frame.show_code(
        overlap_tile.tiles,
        overlap_tile.cut,
        overlap_tile.assemble,
        tiling.tiled,
        intro="The plan, the cut and the assembly, and the loop over the network:",
    )
