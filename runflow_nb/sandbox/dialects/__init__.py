"""Where the sources of the API disagree: each side that is not the sandbox's own, to be switched on.

Inside, everything is as in the default; what a dialect changes is changed where the answer is written.
"""
