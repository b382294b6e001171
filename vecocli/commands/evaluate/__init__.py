"""`veco evaluate …`: one file a measurement."""
