"""The page about atrous convolution: five views, one module each."""
