"""Tools that turn marks and clicks into masks."""
