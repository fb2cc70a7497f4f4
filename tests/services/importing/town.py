"""A small set of import files that a test may read, spoil, and hand over."""

import copy
import csv
import io
import zipfile
from pathlib import Path
from typing import Any

from flask import Flask
from PIL import Image
from sqlalchemy import select

from app import db
from app.services.importing import running
from app.services.importing.deciding import AS_FILES_SAY, Decision, Decisions, Subject
from app.services.importing.faults import ImportRefused
from app.services.importing.options import Options
from app.services.importing.report import Report
from tests.support.written_once import WrittenOnce

Row = dict[str, str]


def picture(kind: str, **details: Any) -> bytes:
    """Draw a small picture."""
    content = io.BytesIO()
    Image.new("RGB", (20, 30), "#7a1f2b").save(content, kind, optimize=True, **details)
    return content.getvalue()


PNG = picture("PNG")
JPEG = picture("JPEG")
PDF = b"%PDF-1.4\n%%EOF\n"

FILES: dict[str, list[Row]] = {
    "famille.csv": [
        {
            "id": "1", "numero": "F1", "nomResp1": "GARNIER", "prenomResp1": "Inès",
            "sexeResp1": "FEMININ", "civiliteResp1": "MME", "dateNaisResp1": "02/09/1986",
            "adrNumeroVoie": "12 rue de la Fontaine", "adrcodePostal": "38590",
            "adrLocalite": "Saint-Exemple", "telephoneResp1": "04 65 71 00 12",
            "portableResp1": "06 39 98 00 12", "telephoneProResp1": "",
            "emailResp1": "ines@exemple.fr", "nomResp2": "GARNIER", "prenomResp2": "Karim",
            "emailResp2": "karim@exemple.fr", "typeModeReglementResp1": "CHEQUE",
        },
        {
            "id": "2", "numero": "", "nomResp1": "LE GOFF", "prenomResp1": "Yann",
            "sexeResp1": "MASCULIN", "civiliteResp1": "M.", "dateNaisResp1": "1987-12-11",
            "adrNumeroVoie": "", "adrcodePostal": "", "adrLocalite": "", "telephoneResp1": "",
            "portableResp1": "", "telephoneProResp1": "", "emailResp1": "", "nomResp2": "",
            "prenomResp2": "", "emailResp2": "", "typeModeReglementResp1": "PRELEVEMENT",
        },
    ],
    "enfant.csv": [
        {"Id": "10", "nom": "GARNIER", "prenom": "Jules", "sexe": "M",
         "dateNaissance": "08/11/2016", "ecole": "Louise-Michel", "classe": "CM2",
         "photo": "jules.png"},
        {"Id": "11", "nom": "LE GOFF", "prenom": "Maëlle", "sexe": "FEMININ",
         "dateNaissance": "", "ecole": "", "classe": "", "photo": ""},
    ],
    "enfantFamille.csv": [
        {"famille_id": "1", "enfant_id": "10"},
        {"famille_id": "1", "enfant_id": "11"},
        {"famille_id": "2", "enfant_id": "11"},
    ],
    "mandat.csv": [
        {"titulaire_id": "2", "rum": "RUM-1", "dateSignature": "01/09/2023",
         "iban": "FR7630006000011234567890189", "bic": "AGRIFRPP"},
    ],
    "compte.csv": [
        {"famille_id": "1", "responsable": "1", "identifiant": "38160001", "email": ""},
        {"famille_id": "2", "responsable": "1", "identifiant": "38160002", "email": ""},
    ],
    "facture.csv": [
        {"id": "100", "famille_id": "1", "numero": "A100", "dateFacture": "03/09/2026",
         "dateEcheance": "28/09/2026", "montant": "1 234,50", "type": "FACTURE",
         "libelle": "Cantine de septembre", "fichier": "a100.pdf"},
        {"id": "101", "famille_id": "1", "numero": "A101", "dateFacture": "03/10/2026",
         "dateEcheance": "28/10/2026", "montant": "20", "type": "", "libelle": "", "fichier": ""},
        {"id": "102", "famille_id": "1", "numero": "A102", "dateFacture": "05/10/2026",
         "dateEcheance": "05/10/2026", "montant": "4.50", "type": "AVOIR", "libelle": "",
         "fichier": ""},
        {"id": "200", "famille_id": "2", "numero": "B200", "dateFacture": "03/09/2026",
         "dateEcheance": "28/09/2026", "montant": "30,00", "type": "FACTURE", "libelle": "",
         "fichier": ""},
    ],
    "ligneFacture.csv": [
        {"facture_id": "100", "libelle": "Cantine", "montant": "1 200,00", "enfant_id": "10",
         "quantite": "300", "prixUnitaire": "4,00"},
        {"facture_id": "100", "libelle": "Garderie", "montant": "34,50", "enfant_id": "",
         "quantite": "", "prixUnitaire": ""},
    ],
    "reglement.csv": [
        {"id": "500", "famille_id": "1", "date": "10/09/2026", "montant": "1 000,00",
         "mode": "CHEQUE", "reference": "n° 12", "facture_id": "100"},
        {"id": "501", "famille_id": "2", "date": "10/09/2026", "montant": "50,00", "mode": "",
         "reference": "", "facture_id": ""},
    ],
    "message.csv": [
        {"id": "300", "date": "01/09/2026", "objet": "Rentrée", "texte": "Bonjour,\nà lundi.",
         "famille_id": ""},
        {"id": "301", "date": "02/09/2026", "objet": "Rendez-vous", "texte": "Appelez-nous.",
         "famille_id": "2"},
    ],
    "document.csv": [
        {"id": "400", "titre": "Règlement intérieur", "fichier": "reglement.pdf",
         "categorie": "Règlements", "date": "01/09/2026", "famille_id": ""},
    ],
}  # fmt: skip

# What a row more, like the first one, has of its own; the braces are its line.
OWN = {
    "famille.csv": {"id": "9{}", "numero": "9{}"},
    "enfant.csv": {"Id": "9{}"},
    "compte.csv": {"responsable": "2", "identifiant": "9{}"},
    "facture.csv": {"id": "9{}", "numero": "9{}"},
    "ligneFacture.csv": {"montant": "0"},
    "reglement.csv": {"id": "9{}", "montant": "1"},
    "message.csv": {"id": "9{}"},
    "document.csv": {"id": "9{}"},
}

ATTACHED = {
    "photos/jules.png": PNG,
    "factures/a100.pdf": PDF,
    "documents/reglement.pdf": PDF + b"%",
}


class Town:
    """The files of a town of two families, ready to be changed."""

    def __init__(self) -> None:
        """Start from the sound files."""
        self.files = copy.deepcopy(FILES)
        self.attached = dict(ATTACHED)

    def row(self, file: str, index: int = 0) -> Row:
        """Return a row, to change it; the first one is on line 2."""
        return self.files[file][index]

    def add(self, file: str, **cells: str) -> None:
        """Add a row like the first one, but for these cells."""
        self.files[file].append(self.files[file][0] | cells)

    def spoil(self, file: str, column: str, value: str) -> int:
        """Change a cell in a row of its own, like the first one; return its line."""
        for row in self.files[file]:
            row.setdefault(column, "")
        line = self.bytes_of(file).count(b"\n") + 1
        own = {name: cell.format(line) for name, cell in OWN.get(file, {}).items()}
        self.add(file, **own | {column: value})
        return line

    def drop_column(self, file: str, column: str) -> None:
        """Hand the file over without this column."""
        for row in self.files[file]:
            del row[column]

    def bytes_of(self, file: str, **style: Any) -> bytes:
        """Return a file as a program would save it."""
        return encoded(self.files[file], **style)

    def folder(self, path: Path) -> Path:
        """Write the set as a folder."""
        path.mkdir(exist_ok=True)
        for name, content in self.contents().items():
            (path / name).parent.mkdir(exist_ok=True)
            (path / name).write_bytes(content)
        return path

    def archive(self, path: Path) -> Path:
        """Write the set as a ZIP."""
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self.contents().items():
                archive.writestr(name, content)
        return path

    def contents(self) -> dict[str, bytes]:
        """Return every file by name."""
        return {name: self.bytes_of(name) for name in self.files} | self.attached


def encoded(
    rows: list[Row],
    *,
    encoding: str = "utf-8",
    line_end: str = "\n",
    quoting: Any = csv.QUOTE_MINIMAL,
) -> bytes:
    """Write rows as CSV bytes."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(
        text, list(rows[0]), delimiter=";", lineterminator=line_end, quoting=quoting
    )
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


WITHOUT_MISSING: Decisions = {
    **AS_FILES_SAY,
    Subject.INVOICE: Decision(yes=True),
    Subject.PAYMENT: Decision(yes=True),
}


def hand_over(
    app: Flask,
    path: Path,
    *,
    dry_run: bool = False,
    archive_missing: bool = False,
    remove_missing: bool = False,
    decisions: Decisions = AS_FILES_SAY,
) -> Report:
    """Import, as an operator would."""
    options = Options(
        dry_run=dry_run,
        archive_missing=archive_missing,
        decisions=WITHOUT_MISSING if remove_missing else decisions,
    )
    with app.app_context():
        return running.run(path, options)


# What an import leaves of itself, whatever it changes.
OF_HISTORY = ("journal_entry", "import_run", "import_upload", "import_change")

_sound_town = WrittenOnce()
_stored: dict[Path, bytes] = {}


def settle(app: Flask, folder: Path) -> Path:
    """Begin with the sound town: imported once, then copied, its rows and the files it keeps.

    Returns the folder of its import files.
    """
    files = Town().folder(folder)
    instance = Path(app.instance_path)
    with app.app_context():
        with db.transaction() as session:
            copied = _sound_town.copied_into(session)
        if copied:
            _keep_again(instance)
            return files
        running.run(files)
        _sound_town.learn(db.session())
    kept = (path for path in instance.rglob("*") if path.is_file())
    _stored.update({path.relative_to(instance): path.read_bytes() for path in kept})
    return files


def _keep_again(instance: Path) -> None:
    for name, content in _stored.items():
        path = instance / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def faults_of(app: Flask, path: Path) -> list[str]:
    """Import what cannot be, and return the sentences that say why."""
    with app.app_context():
        try:
            running.run(path)
        except ImportRefused as refused:
            return [str(fault) for fault in refused.faults]
    return []


def everything(app: Flask, *, but: tuple[str, ...] = ()) -> dict[str, list[tuple[Any, ...]]]:
    """Dump every table of the database, but these; the history of imports goes with the journal."""
    left_out = {*but, *(OF_HISTORY if OF_HISTORY[0] in but else ())}
    tables = [table for table in db.Base.metadata.sorted_tables if table.name not in left_out]
    with app.app_context():
        return {
            table.name: [
                tuple(row)
                for row in db.session().execute(select(table).order_by(*table.primary_key))
            ]
            for table in tables
        }
