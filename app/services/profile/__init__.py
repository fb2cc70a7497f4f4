"""« Mon compte »: what a parent sees and changes of what is held about them.

overview     the page at a glance
details      name, address, phones: what is held, and what is asked instead
mail_wishes  which mails they want
own_data     « Mes données », in an archive
"""
