"""What the portal does, named as a clerk would say it. All SQL and all commits live here.

A package a subject, each with its map; from what gathers down to what all lean on:

guide, home               two pages that gather
profile                   « Mon compte »
demonstration, documents  the demonstration town; Infos/Documents
importing, inbox, requests
billing                   what families owe, pay and are told of it
accounts, retention       a guardian's access; what is kept for a time only
jobs, mail                what is done in the background; the queue of mails from both ends
families                  who is in a file
files, journal, tokens, town_texts, health
actors, refusals          who acts; why something is not done
"""
