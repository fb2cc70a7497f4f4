"""The services of a town leave with it, in the shape that their own import reads."""

import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

import config
from app import create_app, db
from app.models import Booking, BookingOrigin, Service
from app.services.actors import Command
from app.services.bookings.closings import closing
from app.services.bookings.closings.closing_extent import Extent
from app.services.exporting import packing
from app.services.files import stores
from app.services.importing import service_files
from tests.services.importing.town import hand_over, settle
from tests.support.databases import NewDatabase

OPS = Command("ops")
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
FILES = {
    "service.csv": "id;nom;nomCourt;type;gestionnaire;jours;heureDebut;heureFin;periode;capacite;"
    "listeAttente;entraine;exclut;ouvertureReservation;limiteReservation;"
    "carence;justificatif;avancer;retard\n"
    "c;Cantine;;CANTINE;Les Fourchettes;LMJV;11:30;13:00;SCOLAIRE;1;AUTOMATIQUE;m;;21/08/2026 7h;"
    "S-1 jeudi 24:00;2;48;OUI;MAJORATION\n"
    "m;Midi;;MIDI;;LMJV;;;TOUTES;;NON;;;;;;;;\n"
    "e;Étude;;AUTRE;;LMMeJV;;;SCOLAIRE;;NON;;s;;;;;;\n"
    "s;Garderie du soir;Soir;GARDERIE;;LMJV;16:30;18:00;SCOLAIRE;;NON;;;;;;;;\n",
    "vacances.csv": "nom;du;au;zone;type\n"
    "Noël;19/12/2026;03/01/2027;;\nArmistice;11/11/2026;11/11/2026;;FERIE\n",
    "inscription.csv": "enfant_id;service_id;du;au;famille_id\n"
    "10;c;01/09/2026;;\n11;c;01/09/2026;04/07/2027;1\n11;s;01/09/2026;;2\n",
    "garde.csv": "enfant_id;famille_id;rythme;passage;ancre\n"
    "11;1;ALTERNEES;vendredi;30/11/2026\n11;2;IMPAIRES;;30/11/2026\n",
    "jourGarde.csv": "enfant_id;famille_id;date\n11;2;04/12/2026\n",
    "propositionGarde.csv": "enfant_id;famille_id;rythme;passage;ancre;proposeLe\n"
    "11;2;PAIRES;lundi;30/11/2026;23/11/2026\n",
    "tarif.csv": "service_id;du;au;qfMin;qfMax;exterieur;rangEnfant;montant;prixRevient\n"
    "c;01/09/2026;31/08/2027;0;400;;;1,00;5,49\nc;01/09/2026;;401;;OUI;2;4,20;\n",
    "quotient.csv": "famille_id;quotient;du;au;exterieur;source\n"
    "1;612,40;01/09/2026;;;CAF\n2;;01/09/2026;31/12/2026;OUI;\n",
    "reservation.csv": "enfant_id;service_id;date;etat;famille_id;horsDelai\n"
    "10;c;30/11/2026;;;OUI\n11;c;30/11/2026;ATTENTE;1;\n10;s;01/12/2026;ANNULE;;\n"
    "11;m;03/12/2026;ABSENT;2;\n10;c;04/12/2026;;;\n",
    "fermeture.csv": "du;au;motif;service_id\n08/12/2026;08/12/2026;Grève;c\n",
    "facturation.csv": "mois\n2026-09\n2026-10\n",
}


def leaving(app: Flask, folder: Path) -> dict[str, str]:
    """Have the town leave; return its files of services."""
    folder.mkdir()
    with app.app_context(), (folder / "town.zip").open("wb") as out:
        packing.write(out, OPS, with_files=True)
    with zipfile.ZipFile(folder / "town.zip") as archive:
        names = [each for each in archive.namelist() if each.startswith("services/")]
        for name in names:
            archive.extract(name, folder)
        return {name.partition("/")[2]: archive.read(name).decode("utf-8-sig") for name in names}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_services_come_back(request: pytest.FixtureRequest, tmp_path: Path, kind: str) -> None:
    """What leaves the town where they came in is what left the first one."""
    new: NewDatabase = request.getfixturevalue(f"new_{kind}")
    with time_machine.travel(NOW, tick=False):
        first = create_app(config.Test(instance=tmp_path / "one", database_url=new()))
        with first.app_context():
            stores.store().check()
        settle(first, tmp_path / "files")
        (tmp_path / "said").mkdir()
        for name, text in FILES.items():
            (tmp_path / "said" / name).write_text(text, "utf-8")
        with first.app_context():
            service_files.run(tmp_path / "said", OPS)
            closing.close(Extent((date(2026, 12, 4),), ("cantine",)), "Panne", OPS)
        left = leaving(first, tmp_path / "left")
        first.extensions[db.EXTENSION].dispose()
        second = create_app(config.Test(instance=tmp_path / "two", database_url=new()))
        with second.app_context():
            stores.store().check()
        hand_over(second, tmp_path / "left" / "town.zip")
        with second.app_context():
            done = service_files.run(tmp_path / "left" / "services", OPS)
            assert done.left == []
            booked = select(Booking.origin).join(Service, Service.id == Booking.service_id)
            midday = db.session().scalars(booked.where(Service.source_id == "m")).all()
            # What came with a meal still does, and what was had alone is had alone.
            assert sorted(midday) == [*[BookingOrigin.IMPORT] * 2, *[BookingOrigin.LINKED] * 2]
        assert leaving(second, tmp_path / "again") == left
        second.extensions[db.EXTENSION].dispose()
    assert left["service.csv"].splitlines()[1] == (
        "c;Cantine;;CANTINE;Les Fourchettes;LMaJV;11:30;13:00;SCOLAIRE;JOURS;1;AUTOMATIQUE;m;;;"
        "2026-08-21 07:00;S-1 jeudi 24:00;;;2;48;OUI;MAJORATION"
    )
    assert left["facturation.csv"].splitlines() == ["mois", "2026-09", "2026-10"]
    assert left["reservation.csv"].splitlines()[1:] == [
        "10;c;2026-11-30;RESERVE;1;OUI",
        "11;c;2026-11-30;ATTENTE;1;NON",
        "10;s;2026-12-01;ANNULE;1;NON",
        "11;m;2026-12-03;ABSENT;2;NON",
        "10;c;2026-12-04;FERME;1;NON",
        "10;m;2026-12-04;FERME;1;NON",
    ]
