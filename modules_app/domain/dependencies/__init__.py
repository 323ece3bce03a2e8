"""What modules need of each other and of the system, and what may be done about it (reference F2).

`grammar` and `conflicts` read what a manifest declares, `world` holds what is installed and what is
at hand, `resolver` makes the plan for any set of wishes. Nothing here knows Django or the disk.
"""
