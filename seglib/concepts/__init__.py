"""One module a concept: the mathematics in NumPy, and as an OpenVINO graph where one exists."""
