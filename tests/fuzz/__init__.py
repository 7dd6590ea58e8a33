"""Every parser of the project under coverage-guided fuzzing; `python -m tests.fuzz.run --help`."""
