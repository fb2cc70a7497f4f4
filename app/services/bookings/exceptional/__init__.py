"""Places past the limit, asked of the town hall.

asking             what a family may ask for, from one of its boxes
granting           the town hall looks at what was asked, gives it, takes it back at once
"""
