"""The house keeps its own rules: sizes, door-plates, names, pins."""
