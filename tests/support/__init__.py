"""What tests of several rooms share: seeded entropy, people with keys."""
