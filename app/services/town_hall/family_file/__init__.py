"""A family's file as the town hall reads it, on one page.

reading    the page, in seven statements
guardians  each guardian, and where their access stands in one sentence
children   the children, and the other families that they are in
past       the latest mails, and who did what
opening    who opened it: once a day in the journal
"""
