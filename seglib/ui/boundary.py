"""The one error boundary: a visitor reads one sentence, the log keeps the traceback."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from seglib.errors import (
    EngineBusyError,
    EngineError,
    ImageError,
    ModelFileError,
    SeglibError,
)

_LOG = logging.getLogger("seglib.ui")


def sentence(error: SeglibError) -> str:
    """Return the error as one sentence: a capital first, a full stop last."""
    text = str(error).strip() or "Something in this picture or model cannot be used"
    text = text[0].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _remedy(error: SeglibError) -> tuple[str, Callable[[], None] | None]:
    from seglib.ui import picker

    if isinstance(error, EngineBusyError):
        return "Try again", None
    if isinstance(error, ImageError):
        return "Show a sample picture", picker.choose_default
    if isinstance(error, (ModelFileError, EngineError)):
        return "Try again", None
    return "Start again with a sample picture", picker.choose_default


@contextmanager
def boundary() -> Iterator[None]:
    """Turn whatever goes wrong inside into one sentence and a button that helps."""
    try:
        yield
    except SeglibError as error:
        _LOG.info("shown to a visitor: %s", error)
        st.error(sentence(error), icon=":material/error:")
        label, action = _remedy(error)
        # The whole page, not only the part that failed: the sidebar shows the new choice too.
        if st.button(label, on_click=action, key="_remedy", type="primary"):
            st.rerun()
    except Exception:
        # Streamlit steers with exceptions of its own, but those derive from BaseException.
        reference = secrets.token_hex(3)
        _LOG.exception("unexpected error, reference %s", reference)
        st.error(
            f"Something went wrong on our side; your picture is not at fault. "
            f"Reference: {reference}.",
            icon=":material/error:",
        )
        if st.button("Try again", key="_remedy", type="primary"):
            st.rerun()
