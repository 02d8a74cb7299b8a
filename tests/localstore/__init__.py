"""Tests of localstore: real SQLCipher, real files, real processes."""
