"""What web, operator and host agree on: names of files, the registry, the statement, health.

Nothing here loads module code, so every process may use it.
"""
