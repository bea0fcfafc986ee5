"""The page about RoIPool and RoIAlign."""
