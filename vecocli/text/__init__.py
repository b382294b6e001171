"""Words on disk: parallel corpora, word segmentation, dictionaries, synonym pairs. Nothing here imports torch."""
