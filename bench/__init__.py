"""``python -m bench``: what the product costs, beside baselines measured in the same run.

Nothing here decides a test. Figures of different runs must not be compared; ratios of one run may.
"""
