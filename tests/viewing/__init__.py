"""The safe viewer: its walls, its frames, its decoders."""
