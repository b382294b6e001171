"""Corpus + thesaurus + encoder -> synonym pairs and word links."""
