"""The menu: every page has its file, and no two pages mean different things by one name."""

from __future__ import annotations

import pytest

from seglib.ui import picker
from seglib.ui.navigation import PAGES
from tests.conftest import ROOT


def test_every_page_in_the_folder_is_in_the_menu() -> None:
    files = {f"pages/{path.name}" for path in (ROOT / "pages").glob("*.py")}
    assert files == {entry.file for entry in PAGES}


def test_no_two_pages_keep_different_things_under_one_name() -> None:
    owner = {param.name: "picker" for param in picker.PARAMS} | {"tab": "lesson", "talk": "frame"}
    for entry in PAGES:
        for param in entry.params():
            assert owner.setdefault(param.name, entry.name) == entry.name, param.name


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.name)
def test_every_default_in_the_address_is_valid(entry) -> None:  # type: ignore[no-untyped-def]
    for param in entry.params():
        assert param.valid(param.default), param.name


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.name)
def test_a_page_s_address_is_its_file_s_name(entry) -> None:  # type: ignore[no-untyped-def]
    # before the app has run once, Streamlit knows no other name, and says "Page not found"
    assert entry.url_path == ("" if entry.name == "home" else entry.name)
    assert entry.about or entry.name == "home"
