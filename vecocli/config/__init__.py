"""One frozen model per command: the only home of defaults, units and ranges."""
