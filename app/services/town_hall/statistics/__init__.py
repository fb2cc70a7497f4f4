"""« Chiffres »: what is counted of a town, month by month, and names nobody.

periods        which months and weeks, as an address asks
tables         a table, as a page draws it and a spreadsheet reads it
parents        who may come in, by school
acts           what the journal counts: passwords chosen, mails, visits
messages       how many open what the town hall writes
requests       what families ask, and when they are answered
late_invoices  what is not paid on its day
reading        all of them, for a page
"""
