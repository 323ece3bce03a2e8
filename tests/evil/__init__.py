"""Hostile and honest archives, built in code: nothing binary lies in the repository."""
