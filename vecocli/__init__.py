"""veco: mine synonyms, pre-train cross-lingual encoders (VECO 2.0), measure transfer on XTREME."""

__version__ = "0.1.0"
