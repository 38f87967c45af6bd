"""What each model takes and costs: data and pure rules, no I/O."""
