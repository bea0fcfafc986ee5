"""The page about pyramid pooling."""
