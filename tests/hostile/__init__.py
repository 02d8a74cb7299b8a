"""What a hostile store, or a bad member, does: each attack is one named test that really does it.

Every test shows three things: the act happened (the proxy counted it), it was refused (nothing
shown as valid, nothing wiped, nothing sealed to a stranger), and the person was told what and who.

May import: everything. Never sees: mocks; the store is the real one behind
`tests/support/hostile.py`, which holds its certificate and rewrites chosen answers. A member's
hostility uses the product's own crypto. Which check each test guards: docs/protocol/90-checks.md.
Start at: test_ghosts.py.
"""
