"""The XTREME benchmark: a task is data, a kind of task is code."""
