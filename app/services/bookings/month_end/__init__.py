"""A month for the town's own software, which makes the invoices.

month_codes    what each day is to an invoice; billing_words the same in French
month_files    a month as files
"""
