"""What proves something by itself.

signing              the keys
temporary_passwords  the secret that a mail carries, and its link
email_links          the link that confirms an address
"""
