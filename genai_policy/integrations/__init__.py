"""The tools that people already run (flake8, pylint, pytest, editors), each a thin host over one and the same verdict.

Nothing is imported here: two of the hosts import their plugin module in every run, whether it is wanted or not.
"""
