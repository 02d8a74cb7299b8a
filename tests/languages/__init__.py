"""The catalogues: what the sources say, kept in step with 23 translations (`make languages`)."""
