"""Who is in a family's file.

children     the cards, and the page that says more
lookup       a family by the number on its papers
letterheads  whom a paper is for
"""
