"""All pages in the order of the menu. A page's module is imported only when the page is open."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

import streamlit as st

from seglib.ui.address import Param


@dataclass(frozen=True)
class Entry:
    """One page.

    Parameters
    ----------
    name : str
        Name of the file in ``pages/`` and of the page in the address: Streamlit knows a page by
        its file's name before the app has run once, so the two must not differ.
    title : str
        In the menu.
    icon : str
        Name of a Material symbol.
    section : str
        Heading of the menu.
    module : str
        Module with ``render()`` and, where the page keeps something in the address, ``PARAMS``.
    about : str
        What one does there, in a dozen words.
    """

    name: str
    title: str
    icon: str
    section: str
    module: str
    about: str = ""

    @property
    def file(self) -> str:
        """Path from the project's root."""
        return f"pages/{self.name}.py"

    @property
    def url_path(self) -> str:
        """Path in the address."""
        return "" if self.name == "home" else self.name

    def params(self) -> tuple[Param, ...]:
        """Return what the page keeps in the address."""
        found: tuple[Param, ...] = getattr(importlib.import_module(self.module), "PARAMS", ())
        return found


TASKS, CONCEPTS, MEASURES = "Tasks", "Concepts", "Labels and metrics"

PAGES: tuple[Entry, ...] = (
    Entry("home", "Home", "home", "", "seglib.ui.home"),
    Entry(
        "semantic",
        "Semantic segmentation",
        "texture",
        TASKS,
        "seglib.ui.semantic.page",
        "Every pixel gets a class: compare, isolate, measure, download.",
    ),
    Entry(
        "instance",
        "Instance segmentation",
        "category",
        TASKS,
        "seglib.ui.instance.page",
        "Every object on its own: inspect, count, cut out, download.",
    ),
    Entry(
        "panoptic",
        "Panoptic segmentation",
        "dashboard",
        TASKS,
        "seglib.ui.panoptic.page",
        "Things and stuff in one map, every pixel in one segment.",
    ),
    Entry(
        "background",
        "Background removal",
        "content_cut",
        TASKS,
        "seglib.ui.background.page",
        "A soft matte: transparent, a colour, blurred, or another picture.",
    ),
    Entry(
        "salient",
        "Salient object",
        "highlight",
        TASKS,
        "seglib.ui.salient.page",
        "What stands out: map, threshold, box.",
    ),
    Entry(
        "video",
        "Video",
        "movie",
        TASKS,
        "seglib.ui.video.page",
        "A clip through any model, frame by frame: progress, stage times, tracking, MP4.",
    ),
    Entry(
        "kinds",
        "Four kinds of segmentation",
        "view_quilt",
        CONCEPTS,
        "seglib.ui.kinds.page",
        "One picture, four answers: classes, objects, both, and a matte.",
    ),
    Entry(
        "inside",
        "Look inside",
        "layers",
        CONCEPTS,
        "seglib.ui.inside.page",
        "Any layer of the running network, map by map.",
    ),
    Entry(
        "convolution",
        "Convolution",
        "filter_center_focus",
        CONCEPTS,
        "seglib.ui.convolution.page",
        "Window, products, sum: one output cell at a time.",
    ),
    Entry(
        "patches",
        "From patches to FCN",
        "grid_view",
        CONCEPTS,
        "seglib.ui.patches.page",
        "One network, slid over the picture or run over all of it at once.",
    ),
    Entry(
        "upsampling",
        "Upsampling",
        "open_in_full",
        CONCEPTS,
        "seglib.ui.upsampling.page",
        "Six ways from a coarse grid back to every pixel.",
    ),
    Entry(
        "skips",
        "Skip fusion",
        "call_merge",
        CONCEPTS,
        "seglib.ui.skips.page",
        "FCN-32s, 16s and 8s: fine detail joins coarse meaning.",
    ),
    Entry(
        "unet",
        "Encoder and decoder",
        "compress",
        CONCEPTS,
        "seglib.ui.unet.page",
        "Close a skip and see what is lost; cut large pictures into tiles.",
    ),
    Entry(
        "atrous",
        "Atrous convolution",
        "blur_on",
        CONCEPTS,
        "seglib.ui.atrous.page",
        "Holes in the kernel: wide sight, gridding, and its cure.",
    ),
    Entry(
        "pyramid",
        "Pyramid pooling",
        "stacks",
        CONCEPTS,
        "seglib.ui.pyramid.page",
        "Averages over a few large bins, and what they know.",
    ),
    Entry(
        "large_kernels",
        "Large kernels",
        "add",
        CONCEPTS,
        "seglib.ui.large_kernels.page",
        "A column and a row against a square.",
    ),
    Entry(
        "roi",
        "RoI pooling and align",
        "crop_free",
        CONCEPTS,
        "seglib.ui.roi.page",
        "Drag a region: what rounding costs, and how RoIAlign avoids it.",
    ),
    Entry(
        "loss",
        "Labels and loss",
        "trending_down",
        CONCEPTS,
        "seglib.ui.loss.page",
        "One-hot, softmax, cross-entropy on a real prediction; class weights.",
    ),
    Entry(
        "playground",
        "Metric playground",
        "brush",
        MEASURES,
        "seglib.ui.playground.page",
        "Paint a prediction and watch eighteen metrics disagree.",
    ),
    Entry(
        "conventions",
        "Conventions",
        "balance",
        MEASURES,
        "seglib.ui.conventions.page",
        "The same two maps under every convention.",
    ),
    Entry(
        "average_precision",
        "Average precision",
        "show_chart",
        MEASURES,
        "seglib.ui.average_precision.page",
        "Detections line up by score; the curve keeps account.",
    ),
    Entry(
        "panoptic_quality",
        "Panoptic quality",
        "join_inner",
        MEASURES,
        "seglib.ui.panoptic_quality.page",
        "Segments match or they do not: SQ × RQ.",
    ),
    Entry(
        "evaluate",
        "Evaluate a model",
        "fact_check",
        MEASURES,
        "seglib.ui.evaluate.page",
        "A model on a whole data set: live progress, worst pictures, export.",
    ),
    Entry(
        "formats",
        "Label formats",
        "data_object",
        MEASURES,
        "seglib.ui.formats.page",
        "VOC, COCO, run lengths: what is really in the file.",
    ),
    Entry(
        "annotate",
        "Annotate",
        "draw",
        MEASURES,
        "seglib.ui.annotate.page",
        "Fourteen ways to draw a label map, each with its time.",
    ),
)
"""Every page."""


def menu() -> tuple[Any, Entry]:
    """Draw the menu; returns Streamlit's page to run, and what we know of it."""
    pages = {
        entry.name: st.Page(
            entry.file,
            title=entry.title,
            icon=f":material/{entry.icon}:",
            url_path=entry.url_path or None,
            default=entry.name == "home",
        )
        for entry in PAGES
    }
    sections: dict[str, list[Any]] = {}
    for entry in PAGES:
        sections.setdefault(entry.section, []).append(pages[entry.name])
    # above the page: twenty entries in the sidebar would push the picture picker out of sight
    page = st.navigation(sections, position="top")
    chosen = next(entry for entry in PAGES if entry.url_path == page.url_path)
    return page, chosen
