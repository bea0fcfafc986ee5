"""Whatever a stranger writes into the address, every page opens and says nothing of an error."""

from __future__ import annotations

import pytest

from seglib.ui.navigation import PAGES, Entry
from tests.pages.conftest import Open

STRANGE = ("-1", "99999999999999999999", "nan", "<b>x</b>%00&", "1e400", "é" * 500)


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.name)
def test_nonsense_in_the_address_is_ignored(open_page: Open, entry: Entry) -> None:
    names = [param.name for param in entry.params()]
    for start in range(0, len(STRANGE), 2):
        # neighbours in the list get different nonsense, and each gets each in turn
        values = {name: STRANGE[(start + place) % len(STRANGE)] for place, name in enumerate(names)}
        app = open_page(entry.name, **values, seed="-5", picture="nobody", tab="None")
        assert not app.exception
        assert not app.error, [error.value for error in app.error]
