"""The pages of the town hall that gather from every subject.

day          what waits for somebody today
families     all of them, by what is looked for
family_file  everything of one family, for whoever has it on the telephone
inviting     an access to many at once
searching    the one that somebody says on the telephone
"""
