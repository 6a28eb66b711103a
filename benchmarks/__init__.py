"""How fast markcode is, beside the fastest other programs in the same run: `make bench`.

A work (work.py) says what is timed and what is to be reached; works/ holds them, one subject a
module. The runner times ours and each peer's in turn and report.py tells what was found.
"""
