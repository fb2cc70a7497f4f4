"""Who is in a family's file.

children     the cards, and the page that says more
keeping_out  a child who was put there by mistake
notes        what the town hall writes down for itself
lookup       a family by the number on its papers
words        what the town hall finds a family by
letterheads  whom a paper is for
accepted     what the town hall accepted of what its files say too
reporting    what of it is still to be reported in them
"""
