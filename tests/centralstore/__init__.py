"""Laws of the store, held against a real one over TLS."""
