"""What word alignment and search spend their time in, apart from the encoder; knows nothing of veco's own types.

Shapes: B sentence pairs (or layers of one pair), S and T tokens of the two sides, H hidden size, N links.
"""

from veco_kernels.reference import mutual_argmax, token_similarity
from veco_kernels.search import BothWays, topk_both

__all__ = ["BothWays", "mutual_argmax", "token_similarity", "topk_both"]
