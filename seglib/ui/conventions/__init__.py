"""One pair of maps, many numbers: what every convention makes of the same prediction."""
