"""What every screen shares.

access      who may open which page, and who is signed in
forms       the French base form, and the way back to one that could not be taken
heavy_forms forms with files: how many at once, how much in a day
bodies      what is sent and not wanted, read to its end
fields      the fields that several forms share
drafts      what was typed, from the POST that could not take it to the page that shows it again
errors      the error pages
security    headers, limits, and the only safe redirect
site_map    « Plan du site », from the labels that views carry
files       files handed to whom they belong
printing    PDF from the same pages
facsimile   a screen shown inside another page
assets      addresses of static files, kept for ever
addresses   those of pages, to which links are written when one is wanted
templating  Jinja as the templates need it
logs        log lines, and a name for each request
"""
