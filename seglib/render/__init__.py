"""Results as pictures: colours, overlays, contours, heat maps, mistakes and legends.

Everything takes and returns plain arrays; label colours come from the label set alone.
"""

from __future__ import annotations

from seglib.render.colours import FALSE_NEGATIVE, FALSE_POSITIVE, TRUE_POSITIVE, colourise
from seglib.render.contours import contour_mask
from seglib.render.cutouts import cut_out_name, cut_outs_zip, instance_cut_out
from seglib.render.id_map import instance_ids
from seglib.render.instances import instance_color, instance_colors, instances_overlay
from seglib.render.layout import side_by_side, zoom_nearest
from seglib.render.legends import LegendEntry, legend
from seglib.render.mistakes import NEUTRAL, error_map, faded
from seglib.render.overlays import dimmed, overlay
from seglib.render.ramp import RAMP, RAMP_STOPS, UNDEFINED_COLOR, heat
from seglib.render.segments import (
    SegmentColorBy,
    colourise_segments,
    names_written,
    segment_anchor,
    segment_colors,
    segment_names,
    segment_ranks,
    segments_overlay,
)
from seglib.render.tags import draw_tags

__all__ = [
    "FALSE_NEGATIVE",
    "FALSE_POSITIVE",
    "NEUTRAL",
    "RAMP",
    "RAMP_STOPS",
    "TRUE_POSITIVE",
    "UNDEFINED_COLOR",
    "LegendEntry",
    "SegmentColorBy",
    "colourise",
    "colourise_segments",
    "contour_mask",
    "cut_out_name",
    "cut_outs_zip",
    "dimmed",
    "draw_tags",
    "error_map",
    "faded",
    "heat",
    "instance_color",
    "instance_colors",
    "instance_cut_out",
    "instance_ids",
    "instances_overlay",
    "legend",
    "names_written",
    "overlay",
    "segment_anchor",
    "segment_colors",
    "segment_names",
    "segment_ranks",
    "segments_overlay",
    "side_by_side",
    "zoom_nearest",
]
