"""A mark as a machine makes it on metal: lines, dots and filled areas at their true place.

`markcode.symbols` draws what a mark looks like; here is how it is made. Lengths are whole
nanometres, y downwards from the upper left corner, as there.
"""
