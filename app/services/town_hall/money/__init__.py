"""The money of every family, as the town hall reads it; nothing of it changes here.

invoices     all that were issued, by where they stand; one of them, whole
payments     all that was received, or went back, and for which invoices
late_payers  the families that should have paid by now
dunning      reminding some of those, by a message
payers       whose it is: a name, a number, telephones
"""
