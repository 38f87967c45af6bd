"""A local Runflow: the same HTTP contract on 127.0.0.1, painted pictures, nothing billed.

Knows of the product only its models, so that this stand-in and the client cannot share a misunderstanding of the wire.
"""
