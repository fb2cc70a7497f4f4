"""Infos/Documents: files that the town hall gives to all families or to one.

library     what a family may download
by_hand     what the town hall gave out itself, told from what its files bring
giving      it gives one out on screen, or another file at the same address
publishing  the same by command, from a file of the server
desk        the town hall lists them, and takes one back
"""
