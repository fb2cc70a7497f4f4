"""« Mes données »: a ZIP of all that the portal holds about a parent and what they may see.

statements  what is read, and what each column is called in the file; of one's own access,
            access_statements
gathering   the answers of all the statements, and the files they speak of
packing     the archive itself
"""
