"""What of a saved notebook shows where: one notebook with all that this package shows, opened by many readers.

python -m tests.readers            # look again, and hold docs/readers.md against it
python -m tests.readers --write    # write docs/readers.md
pytest -m browser tests/browser/test_readers.py    # the same in JupyterLab and Notebook 7
"""
