"""The supervisor of module workers: starts, watches and ends processes, and runs no module code."""
