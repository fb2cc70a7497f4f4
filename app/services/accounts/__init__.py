"""A guardian's access: getting in, staying in, and keeping it one's own.

signing_in        asks for a temporary password, checks an identifiant and a password
password_choice   chooses a password with a ticket, changes it with the current one
passwords         how they are hashed, and which are refused
current_password  asks for it again, before what a page left open must not do
email_changes     a new address counts once its link was used
address_correction  the town hall writes down another address
helping           the town hall sends an access, lifts a wait, closes, opens again
sessions          a row for each signed-in device
drafts            what a form could not take, kept for the page that shows it again
devices           the mark that a device keeps of having signed in
throttles         waits after failures, counted in the database
allowances        how much an account may ask in a day
identifiers       the « identifiant » as people type it
user_agents       what a browser says of itself, in words
viewing           the town hall looks at the portal as somebody, and changes nothing
invitations       who is to be invited, by mail or by letter
"""
