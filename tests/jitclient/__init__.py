"""Tests of jitclient."""
