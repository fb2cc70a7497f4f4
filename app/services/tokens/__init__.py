"""What proves something by itself, or says it to the portal alone.

signing              the keys
temporary_passwords  the secret that a mail carries, and its link
email_links          the link that confirms an address
sealing              words that nobody reads in a cookie
"""
