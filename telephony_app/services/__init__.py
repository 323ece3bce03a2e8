"""Changing telephone records: the verbs of pages, REST and the command line."""
