"""Side-by-side measurements: ours against the usual way, in the same run."""
