"""The pages of those who work on the city's cases: an inbox, a case with its steps, a new case.

What a kind of case declares is what its pages show, at a desk and on a telephone; no kind has a page of its own here.
"""
