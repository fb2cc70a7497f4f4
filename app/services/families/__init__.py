"""Who is in a family's file.

children     the cards, and the page that says more
letterheads  whom a paper is for
"""
