"""The page about labels and loss."""
