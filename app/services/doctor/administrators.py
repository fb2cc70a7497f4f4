"""Whoever may do everything at the town hall: nobody, and no one else could be let in."""

from collections.abc import Iterator

from app.services.clerks import team
from app.services.clerks.rights import Role
from app.services.doctor.findings import Finding, fine, look

ADD = 'flask staff add prenom.nom@commune.fr --name "Prénom Nom" --role administration'


def check() -> Iterator[Finding]:
    """Tell who has the role, whether or not they have come yet."""
    names = [
        each.name
        for each in team.colleagues()
        if not each.is_closed and Role.ADMINISTRATION in each.roles
    ]
    if names:
        yield fine(", ".join(names))
    else:
        yield look("personne n’a le rôle Administration", ADD)
