"""The pages of the town hall that gather from every subject.

day          what waits for somebody today
family_file  everything of one family, for whoever has it on the telephone
"""
