"""The inbox: messages from the town hall, and what families answer.

messages    which messages a family has
listing     the list, its filters and its search
reading     one message with what was answered to it
marking     read, archived: each guardian for themselves
answering   what a guardian answers
replies     writing in a thread, whoever writes
desk        the town hall reads and answers
withdrawing takes back what was written by mistake
"""
