"""The pages of the town hall that gather from every subject.

acts         the journal, for whoever answers for it
act_words    how each of its acts is read
coming       who has come to the portal, by school, and who is to be helped to
day          what waits for somebody today
families     all of them, by what is looked for
family_file  everything of one family, for whoever has it on the telephone
inviting     an access to many at once
invited      who was invited and never came
long_lists   the latest of many, counted no further than a page needs
mails        what became of each, and what strangers typed for nobody
money        what every family was invoiced, has paid, and owes
searching    the one that somebody says on the telephone
telling      news by mail for who works here, at once or in the morning
"""
