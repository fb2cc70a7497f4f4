"""What the portal does, named as a clerk would say it. All SQL and all commits live here."""
