"""The page's state in the address bar, so that a link opens what its sender saw.

Streamlit can bind a widget to the address, but such a widget does not follow a link within its own
page, and the stage is no such widget. So one rule for all: a value is a :class:`Param`, a link sets
it, a control sets it, and every run publishes what differs from the defaults.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import streamlit as st

Name = TypeVar("Name", bound=str)

# A rerun may leave the browser before it has heard of the address that we just wrote. Within this
# time, what the address was before is taken for such a late sender, not for the back button.
_LATE_S = 1.5


@dataclass
class _Written:
    """What we last wrote of one value (``None``: left out), and what the address was before."""

    text: str | None = None
    when: float = -_LATE_S
    before: list[tuple[str | None, float]] = field(default_factory=list)

    def lately(self, text: str | None) -> bool:
        """Say whether the address held ``text`` a moment ago."""
        now = time.monotonic()
        return any(text == one and now - left < _LATE_S for one, left in self.before)

    def write(self, text: str | None, found: str | None) -> None:
        """Remember that ``text`` was written over ``found``."""
        now = time.monotonic()
        kept = [(one, left) for one, left in self.before if now - left < _LATE_S]
        self.before = [*kept, (self.text, now), (found, now)]
        self.text, self.when = text, now

    @property
    def travelling(self) -> bool:
        """Whether the browser may still be about to hear of it."""
        return time.monotonic() - self.when < _LATE_S


@dataclass(frozen=True)
class Param:
    """One value in the address.

    Parameters
    ----------
    name : str
        Name in the address.
    default : str
        Text that is left out of the address.
    valid : callable
        Says whether a text from the address (from a stranger) may be used.
    """

    name: str
    default: str
    valid: Callable[[str], bool]


def one_of(*texts: str) -> Callable[[str], bool]:
    """Accept these texts only."""
    return lambda text: text in texts


def integer(low: int, high: int) -> Callable[[str], bool]:
    """Accept whole numbers from ``low`` to ``high``."""

    def valid(text: str) -> bool:
        return text.isascii() and text.isdigit() and len(text) <= 9 and low <= int(text) <= high

    return valid


def _state() -> tuple[dict[str, str], dict[str, _Written]]:
    values: dict[str, str] = st.session_state.setdefault("_address", {})
    seen: dict[str, _Written] = st.session_state.setdefault("_address_seen", {})
    return values, seen


def get(param: Param) -> str:
    """Return the current text of ``param``."""
    return _state()[0].get(param.name, param.default)


def put(param: Param, text: str) -> None:
    """Set ``param``; the address follows at the next :func:`publish`."""
    _state()[0][param.name] = text


def bound(param: Param, key: str) -> Callable[[], None]:
    """Make the widget with this key show ``param``; returns the callback that follows the widget.

    To be called right before the widget.
    """
    st.session_state[key] = get(param)
    return lambda: put(param, st.session_state[key])


def choose(
    param: Param,
    label: str,
    options: Mapping[Name, str],
    *,
    now: str | None = None,
    key: str | None = None,
    help: str | None = None,
    disabled: bool = False,
    then: Callable[[], None] | None = None,
) -> None:
    """Draw the choice of one of a few values.

    Parameters
    ----------
    param : Param
        Read and written.
    label : str
    options : mapping of str to str
        Titles by value.
    now : str, optional
        Shown as chosen where what the address says does not fit; the address keeps it.
    key : str, optional
        Of the widget; the param's name if not given.
    help : str, optional
    disabled : bool
    then : callable, optional
        Called when another value was chosen and the address has it.
    """
    key = key or param.name
    follow = bound(param, key)
    if now is not None:
        st.session_state[key] = now

    def chosen() -> None:
        follow()
        if then is not None:
            then()

    st.segmented_control(
        label,
        list(options),
        format_func=options.__getitem__,
        required=True,
        wrap=True,
        key=key,
        on_change=chosen,
        help=help or None,
        disabled=disabled,
    )


def adopt(params: Iterable[Param], *, page: str) -> set[str]:
    """Take over what the address says where someone else changed it: a link, the back button.

    Returns
    -------
    set of str
        Names of the values that changed.
    """
    values, seen = _state()
    # Streamlit empties the address on a page switch; the session keeps the values then.
    switched = st.session_state.get("_address_page") != page
    st.session_state["_address_page"] = page
    changed = set()
    for param in params:
        text = st.query_params.get(param.name)
        written = seen.get(param.name) or _Written()
        if text == written.text or written.lately(text):
            continue
        if text is None and switched:
            continue
        new = param.default if text is None or not param.valid(text) else text
        if new != values.get(param.name, param.default):
            changed.add(param.name)
        values[param.name] = new
    if changed and not switched:
        st.session_state["_address_untold"] = True
    return changed


def tell() -> None:
    """Show the address of a link within the page in the browser's bar; at the end of a run.

    Streamlit's own link asks the server for the new address and leaves the bar as it was, so that
    the next click would bring the old one back. A bar that shows it already is left alone.
    """
    if st.session_state.pop("_address_untold", False):
        st.query_params.update({})


def publish(params: Iterable[Param]) -> None:
    """Write the values that differ from their defaults into the address."""
    values, seen = _state()
    for param in params:
        text = values.get(param.name, param.default)
        wanted = None if text == param.default else text
        now = st.query_params.get(param.name)
        written = seen.setdefault(param.name, _Written())
        # The address that this run came with may be older than what we wrote last: then it only
        # seems to be as wanted, and the browser is about to change it.
        overtaken = written.text != wanted and written.travelling
        if now != wanted or overtaken:
            if wanted is not None:
                st.query_params[param.name] = wanted
            else:
                if now is None:
                    st.query_params[param.name] = param.default
                del st.query_params[param.name]
            written.write(wanted, now)
        else:
            written.text = wanted
