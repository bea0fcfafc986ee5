"""Findings as a list: worst first, each with its place."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from seglib.formats.findings import SEVERITIES, Finding, summary

_WORDS = {"error": "Error", "warning": "Warning", "note": "Note"}
_COLORS = {"error": "#D55E00", "warning": "#E69F00", "note": "#56B4E9"}
_CSS = """<style>
.fm-findings { list-style: none; margin: 0 !important; padding: 0 !important; font-size: 0.9rem; max-height: 26rem; overflow-y: auto; }
.fm-findings li { margin: 0 !important; padding: 0.35rem 0.6rem !important; list-style: none; border-left: 4px solid; border-bottom: 1px solid rgb(128 128 128 / 0.2); overflow-wrap: anywhere; }
.fm-findings code { font-size: 0.8rem; opacity: 0.85; }
.fm-findings b { font-weight: 600; }
</style>"""  # noqa: E501


def show(findings: Sequence[Finding], *, good: str, testid: str = "findings") -> None:
    """Draw findings; ``good`` is said where there is none."""
    st.html(markup(findings, good=good, testid=testid))


def markup(findings: Sequence[Finding], *, good: str, testid: str = "findings") -> str:
    """Return findings as HTML; texts of strangers are escaped."""
    if not findings:
        return (
            f'<p class="seg-caption" data-testid="{testid}" data-count="0" style="border-left:4px '
            f'solid #009E73;padding-left:0.6rem">{escape(good)}</p>'
        )
    rows = []
    for finding in sorted(findings, key=lambda each: SEVERITIES.index(each.severity)):
        place = f"<code>{escape(finding.place)}</code> " if finding.place else ""
        sentence = finding.sentence[:1].upper() + finding.sentence[1:]
        rows.append(
            f'<li style="border-left-color:{_COLORS[finding.severity]}" '
            f'data-severity="{finding.severity}">'
            f"<b>{_WORDS[finding.severity]}</b> {place}{escape(sentence)}.</li>"
        )
    return (
        f'{_CSS}<p class="seg-caption"><b>{summary(findings)}</b></p>'
        f'<ul class="fm-findings" data-testid="{testid}" data-count="{len(findings)}">'
        f"{''.join(rows)}</ul>"
    )
