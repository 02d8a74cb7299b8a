"""The bundle that `make bundle` leaves, as a person starts it: skipped, loudly, where it is not."""
