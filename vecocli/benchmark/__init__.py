"""Whole runs of the benchmark: fine-tuning where it is needed, all languages, results on disk, reports."""
