"""Numbers as people read them: three significant digits, a unit, and "undefined" by name."""

from __future__ import annotations

import math

UNDEFINED = "undefined"


def sig3(value: float | None) -> str:
    """Three significant digits without an exponent; ``"undefined"`` for ``None`` and ``nan``.

    Examples
    --------
    >>> sig3(0.71834), sig3(12.349), sig3(1234.5), sig3(float("nan"))
    ('0.718', '12.3', '1,234', 'undefined')
    """
    if value is None or not math.isfinite(value):
        return UNDEFINED
    if value == 0:
        return "0"
    magnitude = abs(value)
    if magnitude >= 999.5:
        return f"{value:,.0f}"
    decimals = max(0, 2 - math.floor(math.log10(magnitude)))
    text = f"{value:.{decimals}f}"
    # 9.996 rounds up to 10.00, which has one digit too many.
    if len(text.replace(".", "").replace("-", "").lstrip("0")) > 3 and "." in text:
        text = text[:-1].rstrip(".")
    return text


def percent(share: float | None) -> str:
    """Share in 0..1 as percent: ``"31.2 %"``."""
    if share is None or not math.isfinite(share):
        return UNDEFINED
    if 0 < share < 1e-4:
        return "< 0.01 %"
    return f"{sig3(100 * share)} %"


def milliseconds(value: float | None) -> str:
    """``"12.4 ms"``; below a hundredth that is said instead of shown as 0."""
    if value is not None and 0 < value < 0.01:
        return "< 0.01 ms"
    return sig3(value) if value is None or not math.isfinite(value) else f"{sig3(value)} ms"


def megabytes(count: int) -> str:
    """Bytes as decimal megabytes: ``"3.81 MB"``."""
    return f"{sig3(count / 1e6)} MB"


def pixels(count: int) -> str:
    """``"172,800 px"``: counts of pixels are exact, so they keep all their digits."""
    return f"{count:,} px"
