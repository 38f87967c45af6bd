"""Who is calling: keys, the organizations they belong to, and what they may do."""
