"""Everything of a town in one archive, in the shape of its import files.

packing      the archive: what is in it, its files, its notice
statements   what each file of the format holds, asked of the database
services     the services, their calendar and what is booked, as their own import reads them
             (service_words: its words)
others       what neither format has a file for
writing      cells, rows and tables, as an import reads them again
"""
