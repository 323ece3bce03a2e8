"""Packages on disk: reading archives, the store of generations, uploads. No Django, no database."""
