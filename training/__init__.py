"""How every bundled model was made: data, networks, training, export, measurement."""
