"""``python -m seglib``."""

from __future__ import annotations

import sys

from seglib.cli import main

sys.exit(main())
