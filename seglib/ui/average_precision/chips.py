"""Legend chips of the metric pages: a colour and a word each."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

Color = tuple[int, int, int]

_STYLE = (
    "display:inline-block;width:0.8rem;height:0.8rem;border-radius:0.2rem;margin-right:0.4rem;"
    "vertical-align:-0.05rem;box-shadow:0 0 0 1px rgb(0 0 0 / 0.5);background:"
)


def legend(parts: Iterable[tuple[Color | str, str]], *, testid: str) -> str:
    """Return chips as HTML; a colour is RGB, or a CSS background."""
    chips = "".join(
        f'<span style="white-space:nowrap"><i style="{_STYLE}'
        f'{color if isinstance(color, str) else "rgb({} {} {})".format(*color)}"></i>'
        f"{escape(text)}</span>"
        for color, text in parts
    )
    return (
        f'<p class="seg-note" data-testid="{testid}" '
        f'style="display:flex;flex-wrap:wrap;gap:0.2rem 1rem;margin-top:0.6rem">{chips}</p>'
    )
