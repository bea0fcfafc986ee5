"""What in a server's log is a fault of ours."""

from __future__ import annotations

import re

_LEFT = re.compile(
    r"""
    ^Exception\ in\ ASGI\ application\n
    # A traceback, or several chained: their heads, indented frames, empty lines, last lines.
    (?:(?:\ .*|Traceback\ .*|During\ handling\ .*|The\ above\ exception\ .*|
       (?:starlette|uvicorn|websockets|anyio)\.[\w.]*(?:Disconnect|Closed)\w*.*|)\n)*
    (?:starlette|uvicorn|websockets|anyio)\.[\w.]*(?:Disconnect|Closed)\w*.*(?:\n|$)
    """,
    re.MULTILINE | re.VERBOSE,
)
"""A visitor left while Streamlit was sending: it then closes a socket that is closed already."""

_FAULT = re.compile(r"Traceback|ERROR|Exception")


def faults(text: str) -> str:
    """Return the log from a little before its first fault; empty where there is none.

    That a visitor leaves while the server sends is none, though Streamlit's server writes a
    traceback of its own frames then.
    """
    rest = _LEFT.sub("", text)
    found = _FAULT.search(rest)
    return rest[max(0, found.start() - 500) :] if found else ""
