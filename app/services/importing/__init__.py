"""The import: what the town's software exports becomes what the portal shows.

sources     opens the folder or the ZIP, and distrusts it (file_names finds what is in it)
decoding    turns bytes into numbered rows of text
fields      turns a cell into what the database keeps, or says what it should have been
            (keys, days, numbers and addresses have rules of their own)
tables      describes each file, column by column
parsing     turns rows of text into columns of values
staging     copies them into temporary tables (temporary)
checking    finds what no cell can tell alone: doubles (references, lost_zeros and ledger_checks,
            the rest)
merging     makes a table of the portal equal to the rows given, and counts
places      tells people apart (identities), so that an account follows its person (accesses)
erased      leaves out the families that were erased, and notes which left the files
last_words  lets stand what the town hall accepted, where the files say (spoken) nothing new
loading     says which rows go where; guardians, accounts, links and movements are its larger parts
            missing_movements, those that left the files
closures    asks before many accesses close; doubles tells of people under two numbers
taken_back  leaves out the messages and documents that the town hall took back
storing     keeps photos and PDFs
faults      what is wrong, as a sentence (naming says whose family it is about)
headlines   names those whom the import takes something from
report      says in French what was done
running     does all of that in one transaction
deciding    what they decide row by row, and what is put to them
options     what whoever imports asks for, and who watches

service_files  reads, apart from families, what the town offers (service_tables): read_at_once
enrolment_file who may come; custody_file in which weeks, of which of a child's homes (child_homes)
offered_services  the names by which files may speak of a service
calendar_file  days that are not as others are; closing_file days on which services close
booking_file   what is booked

On screen (docs/mairie.md):

runs        what a clerk sends, reads, then has done or drops; history, a list of them
uploading   keeps what was sent, one ZIP or several CSV
service_uploads  those of services, which are read at once
doing       the job that reads it, or imports what was read and nothing else
changes     what an import changes, row by row, and its fingerprint
spelling    those changes in words; recording, the rest of what is kept for its page
"""
