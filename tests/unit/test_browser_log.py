"""The reader of the server's log, which decides whether a browser test fails."""

from __future__ import annotations

from tests.browser.log import faults

LEFT = """Exception in ASGI application
Traceback (most recent call last):
  File "site-packages/streamlit/web/server/starlette/starlette_websocket.py", line 516, in _end
    data = await websocket.receive_bytes()
           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
starlette.websockets.WebSocketDisconnected: WebSocket is not connected. Need to call "accept" first.

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "site-packages/starlette/websockets.py", line 104, in send
    raise WebSocketDisconnected('Cannot call "send" once a close message has been sent.')
starlette.websockets.WebSocketDisconnected: Cannot call "send" once a close message has been sent.
"""
OURS = """2026-01-01 00:00:00 unexpected error, reference 0a1b2c
Traceback (most recent call last):
  File "seglib/ui/boundary.py", line 1, in boundary
    yield
ValueError: no
"""
QUIET = "  You can now view your Streamlit app in your browser.\n"


def test_a_visitor_who_leaves_is_no_fault() -> None:
    assert faults("") == faults(QUIET) == ""
    assert faults(QUIET + LEFT + QUIET + LEFT) == ""
    assert faults(LEFT.rstrip("\n")) == ""


def test_a_fault_of_ours_is_found_before_between_and_after() -> None:
    for text in (OURS, OURS + LEFT, LEFT + OURS, LEFT + OURS + LEFT, QUIET + LEFT + QUIET + OURS):
        assert "ValueError: no" in faults(text)


def test_another_end_of_the_same_beginning_is_a_fault() -> None:
    text = LEFT.replace("starlette.websockets.WebSocketDisconnected: Cannot", "ValueError: Cannot")
    assert "ValueError" in faults(text)
    assert "KeyError" in faults(LEFT.rsplit("starlette", 1)[0] + "KeyError: 1\n" + LEFT)
