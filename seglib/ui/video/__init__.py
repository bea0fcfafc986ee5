"""The page "Video", one module a part."""
