"""Faults for real: kills, full disks, power cuts, broken code; run by script/torture (R3).

A kind is a module here with ``run(budget_seconds, seed) -> Counts``, listed in `kinds.KINDS`.
"""
