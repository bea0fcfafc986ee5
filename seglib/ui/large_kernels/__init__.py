"""The page about large kernels."""
