"""The only privileged process: puts verified files in place and tells programs (design 3).

It takes surface names, paths and digests, never a command. Which program tests and reloads a
surface is written down in `programs`.
"""
