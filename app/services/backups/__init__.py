"""Backups: everything of a town in one file, and back into an empty place.

making       one file a backup, written whole or not at all; the old ones go
restoring    back into an empty place, compared with what was noted; the same to verify
voiding      what a restored database must not open any more
dumps        a database as one file, read at one moment, and loaded again
figures      how many rows each table has, and what their numbers add up to
packing      the file itself: a compressed tar, its manifest last, encrypted by age
town_files   what the instance holds beside the database and the stored files
programs     pg_dump, pg_restore, age
"""
