"""The inbox: messages from the town hall, and what families answer.

messages    which messages a family has
listing     the list, its filters and its search
reading     one message with what was answered to it
marking     read, archived: each guardian for themselves
answering   what a guardian answers
replies     writing in a thread, whoever writes
composing   the town hall writes, a draft first
sending     what it wrote leaves, or not after all
sent        the list of what it wrote, and who has opened it
following   a message is corrected, those who have not opened it are told again
desk        the town hall reads and answers
withdrawing takes back what was written by mistake
"""
