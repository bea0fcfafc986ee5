"""Average precision step by step: which detection is right, and what the curve makes of it."""
