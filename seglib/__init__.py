"""Image segmentation with OpenVINO: models, metrics, label formats and scenes with exact truth.

A plain library: it needs no web framework outside :mod:`seglib.ui`, keeps no global state beyond
one OpenVINO core, and touches the network only when a model is fetched on request.
"""

__version__ = "0.1.0"
