"""The recipe in exported copies: written between the parts of a file, no pixel touched, and read back without trust.

All three formats that the models deliver have a place for an XMP packet, and image programs keep what they do not
know in it when they write a picture anew. Originals in the store are never written.
"""
