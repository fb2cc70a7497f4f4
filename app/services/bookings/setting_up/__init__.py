"""How the town hall sets up what may be booked.

decrees   what the State publishes of a school year
calendar  the town's own calendar, which every limit is counted by
"""
