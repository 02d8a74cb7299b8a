"""Readers of bytes from outside raise refusals of ours and nothing else (I34)."""

from __future__ import annotations

import random

import pytest

from tests.fuzz import corpus
from tests.fuzz.mutate import mutate
from tests.fuzz.table import TARGETS
from tests.fuzz.target import Target, accepts

INPUTS = 60

each_target = pytest.mark.parametrize("target", TARGETS.values(), ids=lambda target: target.name)


@each_target
def test_what_is_valid_is_accepted(target: Target) -> None:
    taken = [accepts(target, seed) for seed in target.seeds()]

    assert any(taken)


@each_target
def test_kept_inputs_raise_nothing_but_refusals(target: Target) -> None:
    for data in (*corpus.kept(target), *target.seeds()):
        accepts(target, data)


@each_target
def test_i34_inputs_with_something_changed_raise_nothing_but_refusals(target: Target) -> None:
    rng = random.Random(target.name)
    seeds = target.seeds() + corpus.kept(target)

    for _ in range(INPUTS):
        accepts(target, mutate(rng.choice(seeds), target.form, rng, target.limit))


def test_every_kept_folder_belongs_to_a_target() -> None:
    folders = {path.name for path in corpus.KEPT.iterdir()}

    assert folders - set(TARGETS) == set()
