"""The pages of the town hall that gather from every subject.

day   what waits for somebody today
"""
