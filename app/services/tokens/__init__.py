"""What proves something by itself, or says it to the portal alone.

signing              the keys
temporary_passwords  the secret that a mail carries, and its link
sending_keys         the name of a sending, so that a double click sends once
email_links          the link that confirms an address
bounce_tags          the address that a mail comes back to
feed_keys            the secret in the address of a calendar
quiet_links          the link of a reminder that says that a week is as it should be
wish_links           the link that stops mails of one sort
sealing              words that nobody reads in a cookie
"""
