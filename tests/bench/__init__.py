"""What the product costs in time, memory and bytes, beside what the same work costs without it.

`python -m tests.bench` prints one table and takes about two minutes.
"""
