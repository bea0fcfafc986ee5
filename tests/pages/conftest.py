"""Pages run without a browser: Streamlit's AppTest, with time to compile a network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.testing.v1 import AppTest

from tests.conftest import ROOT

TIMEOUT_S = 240
Open = Callable[..., AppTest]


@pytest.fixture(scope="session")
def components() -> BidiComponentManager:
    """The components of all installed packages, looked for once.

    Each AppTest looks for them anew, which takes three times as long as opening a page.
    """
    manager = BidiComponentManager()
    manager.discover_and_register_components(start_file_watching=False)
    return manager


@pytest.fixture
def open_page(components: BidiComponentManager) -> Open:
    """Open a page, with values in its address, and fail on any exception."""

    def open_(page: str = "home", **address: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=TIMEOUT_S)
        app._bidi_component_manager = components
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


def forget(*caches: Any) -> None:
    """Empty caches of results: what a test put there is not for others, nor theirs for it."""
    for cache in caches:
        cache.clear()


def metrics(app: AppTest) -> dict[str, str]:
    """Numbers shown as metrics, by label."""
    return {metric.label: metric.value for metric in app.metric}


def html(app: AppTest) -> str:
    """All HTML of the page in one text."""
    return "\n".join(element.proto.body for element in app.get("html"))
