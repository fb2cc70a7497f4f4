"""What `flask doctor` looks at: a module a check, each of which says what it found and the remedy.

examining           every check, one after the other
findings            OK, À VOIR, PANNE: what a check says

settings_in_use     what the settings leave to be done
signing_key         who may know the key, and since when it serves
clock               the machine's, against the database's and the journal's
disk                what is left where the town's data lie
schema              the tables, against this version
backups             how old the last one is
mail_server         connect, encrypt, sign in; no mail leaves
sender_domain       SPF, DKIM and DMARC of whoever mails come from
waiting_mails       those that should have left
late_jobs           those that nobody does, or that were given up
booked_services     places that are counted right, holidays that are known
file_modes          who may read the town's data, and whose they are
file_store          a file written, read, taken away
public_address      as a family would ask: HTTPS, the certificate, ready or not
connections         the pool, against what PostgreSQL takes
unannounced_proxy   a proxy that PORTAIL_PROXIES does not count
"""
