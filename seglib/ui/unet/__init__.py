"""The page "Encoder and decoder", one module a part."""
