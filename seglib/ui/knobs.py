"""Widgets from options: each option of a class is a control on the page and a value in the address.

The picture is drawn before the controls, so :func:`read` gives the values without drawing anything
and :func:`show` draws the widgets that change them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import streamlit as st

from seglib.errors import UsageError
from seglib.options import OptionInfo, describe
from seglib.ui import address
from seglib.ui.address import Param

Options = TypeVar("Options")


def params(options: type[Any], prefix: str) -> tuple[Param, ...]:
    """Return the address values of a class of options; ``prefix`` is the page's own."""
    return tuple(_param(info, prefix) for info in describe(options))


def read(options: type[Options], prefix: str) -> Options:
    """Return the options as they are set now."""
    return options(
        **{info.name: _parse(info, address.get(_param(info, prefix))) for info in describe(options)}
    )


def show(
    options: type[Any],
    prefix: str,
    *,
    only: Sequence[str] | None = None,
    titles: dict[str, dict[str, str]] | None = None,
    disabled: Sequence[str] = (),
) -> None:
    """Draw the widgets.

    Parameters
    ----------
    options : type
        Class over :class:`seglib.options.Checked`.
    prefix : str
        The page's own, as in :func:`params`.
    only : sequence of str, optional
        Names to draw, in this order; all otherwise.
    titles : dict, optional
        For an option of kind choice: what each value is called.
    disabled : sequence of str, optional
        Names to draw greyed out: settings that mean nothing now.
    """
    known = {info.name: info for info in describe(options)}
    for name in known if only is None else only:
        _widget(
            known[name],
            _param(known[name], prefix),
            (titles or {}).get(name, {}),
            disabled=name in disabled,
        )


def put(options: type[Any], prefix: str, **values: Any) -> None:
    """Set options from code: a preset was chosen."""
    known = {info.name: info for info in describe(options)}
    for name, value in values.items():
        known[name].check(value)
        address.put(_param(known[name], prefix), text_of(known[name], value))


def query(options: type[Any], prefix: str, **values: Any) -> dict[str, str]:
    """Return the part of an address that sets these options: for links."""
    known = {info.name: info for info in describe(options)}
    for name, value in values.items():
        known[name].check(value)
    return {f"{prefix}_{name}": text_of(known[name], value) for name, value in values.items()}


def text_of(info: OptionInfo, value: Any) -> str:
    """Return a value as it stands in the address."""
    if info.kind == "switch":
        return "1" if value else "0"
    if info.kind == "number":
        return f"{value:.6g}"
    return str(value)


def _parse(info: OptionInfo, text: str) -> Any:
    if info.kind == "switch":
        return text == "1"
    if info.kind == "whole":
        return int(text)
    if info.kind == "number":
        return float(text)
    return text


def _param(info: OptionInfo, prefix: str) -> Param:
    return Param(f"{prefix}_{info.name}", text_of(info, info.default), _valid(info))


def _valid(info: OptionInfo) -> Callable[[str], bool]:
    def valid(text: str) -> bool:
        if len(text) > 40 or not text.isascii():
            return False
        if info.kind == "switch":
            return text in ("0", "1")
        try:
            value = _parse(info, text)
            info.check(value)
        except (ValueError, OverflowError, UsageError):
            return False
        return not isinstance(value, float) or math.isfinite(value)

    return valid


def _widget(info: OptionInfo, param: Param, titles: dict[str, str], *, disabled: bool) -> None:
    key = f"knob_{param.name}"
    # The address holds text; the widget holds the value.
    st.session_state[key] = _parse(info, address.get(param))

    def follow() -> None:
        address.put(param, text_of(info, st.session_state[key]))

    common: dict[str, Any] = {
        "key": key,
        "help": info.help,
        "on_change": follow,
        "disabled": disabled,
    }
    if info.kind == "switch":
        st.toggle(info.title, **common)
    elif info.kind == "choice" and len(info.choices) <= 4:
        st.segmented_control(
            info.title,
            info.choices,
            format_func=lambda value: titles.get(value, value),
            required=True,
            wrap=True,
            **common,
        )
    elif info.kind == "choice":
        st.selectbox(
            info.title,
            info.choices,
            format_func=lambda value: titles.get(value, value),
            **common,
        )
    elif info.kind == "whole":
        low, high, step = (int(value or 0) for value in (info.low, info.high, info.step))
        st.slider(info.title, low, high, step=step, **common)
    else:
        low_, high_, step_ = (float(value or 0) for value in (info.low, info.high, info.step))
        st.slider(info.title, low_, high_, step=step_, **common)
