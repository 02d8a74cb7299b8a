"""The window before the real desk and a real store: what doubles cannot show."""
