"""The benchmark's local files: each module reads one kind of file, and `layouts` finds them in the user's folder."""
