"""Owner numbers: what the compositor writes beside each colour.

Larger numbers win ties when sub-pixels are counted, so thin things come last. Numbers from
:data:`FIRST_THING` on are single things.
"""

from __future__ import annotations

VOID = 0
SKY = 1
BUILDING = 2
ROAD = 3
PAVEMENT = 4
TREE = 5
FENCE = 6
POLE = 7
SIGN = 8
FIRST_THING = 10
MAX_THINGS = 256 - FIRST_THING

STUFF_CLASS = {SKY: 0, BUILDING: 1, POLE: 2, ROAD: 3, PAVEMENT: 4, TREE: 5, SIGN: 6, FENCE: 7}
"""CamVid-11 class id of each stuff owner."""

CAR_CLASS = 8
PEDESTRIAN_CLASS = 9
BICYCLIST_CLASS = 10
