"""The metrics of XTREME as pure functions: scores in percent, without torch."""
