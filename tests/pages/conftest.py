"""Pages run without a browser: Streamlit's AppTest, with time to compile a network."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import ROOT

TIMEOUT_S = 240
Open = Callable[..., AppTest]


@pytest.fixture
def open_page() -> Open:
    """Open a page, with values in its address, and fail on any exception."""

    def open_(page: str = "home", **address: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=TIMEOUT_S)
        for name, value in address.items():
            app.query_params[name] = value
        app.run()
        if page != "home":
            app.switch_page(f"pages/{page}.py")
            for name, value in address.items():
                app.query_params[name] = value
            app.run()
        assert not app.exception
        return app

    return open_


def metrics(app: AppTest) -> dict[str, str]:
    """Numbers shown as metrics, by label."""
    return {metric.label: metric.value for metric in app.metric}


def html(app: AppTest) -> str:
    """All HTML of the page in one text."""
    return "\n".join(element.proto.body for element in app.get("html"))
