"""What families owe, pay and are told of it.

ledger         the balance, and what is left to pay
allocation     which credit pays which invoice: the rule alone; reversals what goes back takes back
sharing        the rule applied to some families, in the database
statement      « Relevé de compte » on the screen; statement_csv for a spreadsheet
years          the school years with movements
invoices       one invoice, its lines (line_words), and what paid it
activities     what each child went to, as invoices say
certificates   « Attestation de paiement »; child_parts how much of it was for which child
payment_means  how to pay; debits when that is not for the family to do
payment_modes  how one paid, in words
"""
