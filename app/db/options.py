"""The execution options by which a connection is told how to begin its transactions."""

# How long a transaction that writes to SQLite waits for others who write, in ms.
IMMEDIATE = "portail_immediate"
# Whether what it wrote outlives a power cut; the end of a process it outlives always.
DURABLE = "portail_durable"
# Whether it only reads, one statement without the other: PostgreSQL needs no transaction.
READS = "portail_reads"
# Whether nobody's page waits for what is asked of PostgreSQL.
UNHURRIED = "portail_unhurried"
