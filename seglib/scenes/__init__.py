"""Generated scenes with exact semantic, instance and panoptic truth."""

from __future__ import annotations

from seglib.scenes.generated import GeneratedScene
from seglib.scenes.options import OptionInfo, StreetOptions, describe
from seglib.scenes.street import street

__all__ = ["GeneratedScene", "OptionInfo", "StreetOptions", "describe", "street"]
