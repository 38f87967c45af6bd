"""Whether a store is what its journal says: rules of one finding each, and what reads for them. Nothing is written."""
