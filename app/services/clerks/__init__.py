"""Who works at the town hall: their access, apart from that of parents.

rights           what each role may do
serving          the services that somebody works for, when not for all
team             who has an access: inviting, roles, closing
signing_in       an address and a password, then a code
tickets          what somebody holds who has given the first and not yet the second
codes            the application's code, the one by mail, the one for the day either is lost
password_choice  the links of mails, and a new password
sessions         a row for each signed-in browser
outcomes         what becomes of a try to sign in
lookup           finding an account, and what it is locked, throttled and voided by
wishes           how somebody wants their screens, and which news by mail
computers        the mark of a computer where the code is not asked for a month
"""
