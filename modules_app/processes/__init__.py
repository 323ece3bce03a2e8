"""Processes: the warm parent that forks children, locks, pokes, what supervisord starts."""
