"""A notebook with all that it shows, as one file: packed here, unpacked elsewhere."""
