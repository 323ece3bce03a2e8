"""Advice to authors: hooks that will not work as meant, and habits that make modules fail."""
