"""All pages in the order of the menu. A page's module is imported only when the page is open."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from seglib.ui.address import Param

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Entry:
    """One page.

    Parameters
    ----------
    name : str
        Name of the file in ``pages/`` and, with hyphens, of the page in the address.
    title : str
        In the menu.
    icon : str
        Name of a Material symbol.
    section : str
        Heading of the menu.
    module : str
        Module with ``render()`` and, where the page keeps something in the address, ``PARAMS``.
    """

    name: str
    title: str
    icon: str
    section: str
    module: str

    @property
    def file(self) -> str:
        """Path from the project's root."""
        return f"pages/{self.name}.py"

    @property
    def url_path(self) -> str:
        """Path in the address."""
        return "" if self.name == "home" else self.name.replace("_", "-")

    def params(self) -> tuple[Param, ...]:
        """Return what the page keeps in the address."""
        found: tuple[Param, ...] = getattr(importlib.import_module(self.module), "PARAMS", ())
        return found


TASKS, CONCEPTS, MEASURES = "Tasks", "Concepts", "Labels and metrics"

PAGES: tuple[Entry, ...] = (
    Entry("home", "Home", "home", "", "seglib.ui.home"),
    Entry("semantic", "Semantic segmentation", "texture", TASKS, "seglib.ui.semantic.page"),
    Entry("inside", "Look inside", "layers", CONCEPTS, "seglib.ui.inside.page"),
    Entry(
        "convolution", "Convolution", "filter_center_focus", CONCEPTS, "seglib.ui.convolution.page"
    ),
    Entry("patches", "From patches to FCN", "grid_view", CONCEPTS, "seglib.ui.patches.page"),
    Entry("upsampling", "Upsampling", "open_in_full", CONCEPTS, "seglib.ui.upsampling.page"),
    Entry("skips", "Skip fusion", "call_merge", CONCEPTS, "seglib.ui.skips.page"),
    Entry("unet", "Encoder and decoder", "compress", CONCEPTS, "seglib.ui.unet.page"),
    Entry("atrous", "Atrous convolution", "blur_on", CONCEPTS, "seglib.ui.atrous.page"),
    Entry("pyramid", "Pyramid pooling", "stacks", CONCEPTS, "seglib.ui.pyramid.page"),
    Entry("large_kernels", "Large kernels", "add", CONCEPTS, "seglib.ui.large_kernels.page"),
    Entry("roi", "RoI pooling and align", "crop_free", CONCEPTS, "seglib.ui.roi.page"),
    Entry("loss", "Labels and loss", "trending_down", CONCEPTS, "seglib.ui.loss.page"),
    Entry("playground", "Metric playground", "brush", MEASURES, "seglib.ui.playground.page"),
    Entry("conventions", "Conventions", "balance", MEASURES, "seglib.ui.conventions.page"),
    Entry(
        "average_precision",
        "Average precision",
        "show_chart",
        MEASURES,
        "seglib.ui.average_precision.page",
    ),
    Entry(
        "panoptic_quality",
        "Panoptic quality",
        "join_inner",
        MEASURES,
        "seglib.ui.panoptic_quality.page",
    ),
    Entry("evaluate", "Evaluate a model", "fact_check", MEASURES, "seglib.ui.evaluate.page"),
    Entry("formats", "Label formats", "data_object", MEASURES, "seglib.ui.formats.page"),
    Entry("annotate", "Annotate", "draw", MEASURES, "seglib.ui.annotate.page"),
)
"""Every page."""


def available() -> tuple[Entry, ...]:
    """Return the pages whose file is there."""
    return tuple(entry for entry in PAGES if (ROOT / entry.file).is_file())


def menu() -> tuple[Any, Entry]:
    """Draw the menu; returns Streamlit's page to run, and what we know of it."""
    entries = available()
    pages = {
        entry.name: st.Page(
            entry.file,
            title=entry.title,
            icon=f":material/{entry.icon}:",
            url_path=entry.url_path or None,
            default=entry.name == "home",
        )
        for entry in entries
    }
    sections: dict[str, list[Any]] = {}
    for entry in entries:
        sections.setdefault(entry.section, []).append(pages[entry.name])
    page = st.navigation(sections)
    chosen = next((entry for entry in entries if entry.url_path == page.url_path), entries[0])
    return page, chosen
