"""Transfers that are killed at random moments: does anything get lost, and what is sent again?"""
