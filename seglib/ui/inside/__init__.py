"""The page that looks inside a running model."""
