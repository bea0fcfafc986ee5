"""The page about convolution."""
