"""Infos/Documents: files that the town hall gives to all families or to one.

library     what a family may download
publishing  the town hall puts one there, or another file in its place
desk        the town hall lists them, and takes one back
"""
