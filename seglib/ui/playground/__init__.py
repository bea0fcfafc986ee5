"""The page "Metric playground", one module a part."""
