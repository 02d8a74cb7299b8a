"""The gallery as pictures: rendered, kept as references, compared."""
