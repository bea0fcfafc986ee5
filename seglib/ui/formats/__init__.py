"""The page "Label formats", one module a part."""
