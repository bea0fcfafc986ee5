"""The page "Annotate", one module a part."""
