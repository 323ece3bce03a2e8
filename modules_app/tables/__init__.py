"""Declared tables onto a module's own SQLite database, rows kept in every case."""
