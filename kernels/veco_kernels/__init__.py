"""The two operations that word alignment spends its time in, apart from the encoder; knows nothing of veco's own types.

Shapes: B sentence pairs (or layers of one pair), S and T tokens of the two sides, H hidden size, N links.
"""

from veco_kernels.reference import mutual_argmax, token_similarity

__all__ = ["mutual_argmax", "token_similarity"]
