"""The files, column by column: what reading, checking and `docs/import.md` follow."""

from dataclasses import dataclass

from app.models import Folder
from app.services.importing import fields
from app.services.importing.fields import Kind, text


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file: its name in the header, its name in the temporary table.

    A cell that cannot be read is set aside, and the row goes in without it, unless its column is
    required or `counts`: whose row it is, what is owed, who reads it.
    """

    name: str
    field: str
    kind: Kind
    required: bool = False
    # Whether a required column may have empty cells, which the checks then judge.
    may_be_empty: bool = False
    counts: bool = False

    @property
    def cells_required(self) -> bool:
        """Tell whether each cell of it must say something."""
        return self.required and not self.may_be_empty

    @property
    def blocks(self) -> bool:
        """Tell whether a cell that cannot be read stops the import."""
        return self.required or self.counts


@dataclass(frozen=True, slots=True)
class Attachments:
    """Files that a column names: the folder they come in, and the one they are kept in."""

    field: str
    folder: str
    kept_in: Folder
    # Whether a cell may name several files.
    several: bool = False
    # Whether they are photos of children: drawn anew, small, without what the camera wrote.
    portraits: bool = False


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the set; `key` is what makes a row of it unique."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    repeatable: bool = False
    public: bool = False
    attachments: Attachments | None = None

    def column(self, field: str) -> Column:
        """Find a column by its name in the temporary table."""
        return next(column for column in self.columns if column.field == field)


def _guardian(rank: int, *, required: bool) -> tuple[Column, ...]:
    return (
        Column(f"nomResp{rank}", f"last_name_{rank}", text(100), required, counts=True),
        # Empty for a home or an association, which has one name.
        Column(f"prenomResp{rank}", f"first_name_{rank}", text(100), counts=True),
        Column(f"sexeResp{rank}", f"sex_{rank}", fields.SEX),
        Column(f"civiliteResp{rank}", f"title_{rank}", fields.TITLE),
        Column(f"dateNaisResp{rank}", f"birth_date_{rank}", fields.DAY),
        Column(f"telephoneResp{rank}", f"phone_{rank}", text(30)),
        Column(f"portableResp{rank}", f"mobile_{rank}", text(30)),
        Column(f"telephoneProResp{rank}", f"work_phone_{rank}", text(30)),
        Column(f"emailResp{rank}", f"email_{rank}", fields.EMAIL),
    )


FAMILIES = SourceFile(
    "famille.csv",
    key=("source_id",),
    columns=(
        Column("id", "source_id", fields.KEY, required=True),
        Column("numero", "number", fields.NUMBER, counts=True),
        *_guardian(1, required=True),
        *_guardian(2, required=False),
        Column("adrNumeroVoie", "street", text(200)),
        Column("adrcodePostal", "postcode", text(10)),
        Column("adrLocalite", "city", text(100)),
        Column("typeModeReglementResp1", "direct_debit", fields.DIRECT_DEBIT),
    ),
)
CHILDREN = SourceFile(
    "enfant.csv",
    key=("source_id",),
    public=True,
    attachments=Attachments("photo", "photos", Folder.PHOTOS, portraits=True),
    columns=(
        Column("Id", "source_id", fields.KEY, required=True),
        Column("nom", "last_name", text(100), required=True),
        Column("prenom", "first_name", text(100), required=True),
        Column("sexe", "sex", fields.SEX),
        Column("dateNaissance", "birth_date", fields.DAY),
        Column("ecole", "school", text(100)),
        Column("classe", "class_name", text(100)),
        Column("photo", "photo", fields.FILE_NAME),
    ),
)
LINKS = SourceFile(
    "enfantFamille.csv",
    key=("family", "child"),
    repeatable=True,
    columns=(
        Column("famille_id", "family", fields.KEY, required=True),
        Column("enfant_id", "child", fields.KEY, required=True),
    ),
)
# IBAN and BIC are in this file too: what is not described here is never even looked at.
MANDATES = SourceFile(
    "mandat.csv",
    key=("family",),
    repeatable=True,
    columns=(Column("titulaire_id", "family", fields.KEY, required=True),),
)
ACCOUNTS = SourceFile(
    "compte.csv",
    key=("family", "rank"),
    columns=(
        Column("famille_id", "family", fields.KEY, required=True),
        Column("responsable", "rank", fields.RANK, required=True),
        Column("identifiant", "identifier", fields.IDENTIFIER, required=True),
        Column("email", "email", fields.EMAIL),
    ),
)
INVOICES = SourceFile(
    "facture.csv",
    key=("source_id",),
    public=True,
    attachments=Attachments("file", "factures", Folder.INVOICES),
    columns=(
        Column("id", "source_id", fields.KEY, required=True),
        Column("famille_id", "family", fields.KEY, required=True),
        Column("numero", "number", fields.NUMBER, required=True),
        Column("dateFacture", "issued_on", fields.DAY, required=True),
        Column("dateEcheance", "due_on", fields.DAY, required=True, may_be_empty=True),
        Column("montant", "amount", fields.AMOUNT, required=True),
        Column("type", "kind", fields.INVOICE_KIND, counts=True),
        Column("libelle", "label", text(200)),
        Column("fichier", "file", fields.FILE_NAME),
    ),
)
LINES = SourceFile(
    "ligneFacture.csv",
    key=(),
    columns=(
        Column("facture_id", "invoice", fields.KEY, required=True),
        Column("libelle", "label", text(200), required=True),
        Column("montant", "amount", fields.HUNDREDTHS, required=True),
        Column("enfant_id", "child", fields.KEY, counts=True),
        Column("quantite", "quantity", fields.QUANTITY),
        Column("prixUnitaire", "unit_price", fields.UNIT_PRICE),
    ),
)
PAYMENTS = SourceFile(
    "reglement.csv",
    key=("source_id",),
    columns=(
        Column("id", "source_id", fields.KEY, required=True),
        Column("famille_id", "family", fields.KEY, required=True),
        Column("date", "paid_on", fields.DAY, required=True),
        Column("montant", "amount", fields.RECEIVED, required=True),
        Column("mode", "mode", text(40)),
        Column("reference", "reference", text(100)),
        Column("facture_id", "invoice", fields.KEY, counts=True),
    ),
)
MESSAGES = SourceFile(
    "message.csv",
    key=("source_id",),
    public=True,
    attachments=Attachments("files", "messages", Folder.MESSAGES, several=True),
    columns=(
        Column("id", "source_id", fields.KEY, required=True),
        Column("date", "sent_on", fields.DAY, required=True),
        Column("objet", "subject", text(200), required=True),
        Column("texte", "body", fields.BODY, required=True),
        Column("famille_id", "family", fields.KEY, counts=True),
        Column("service", "sender", text(100)),
        Column("reponse", "answerable", fields.YES_OR_NO),
        # Parents are written to at once: a message without its files would not be whole.
        Column("fichiers", "files", fields.FILE_NAMES, counts=True),
    ),
)
DOCUMENTS = SourceFile(
    "document.csv",
    key=("source_id",),
    public=True,
    attachments=Attachments("file", "documents", Folder.DOCUMENTS),
    columns=(
        Column("id", "source_id", fields.KEY, required=True),
        Column("titre", "title", text(200), required=True),
        Column("fichier", "file", fields.FILE_NAME, required=True),
        Column("categorie", "category", text(100)),
        Column("date", "published_on", fields.DAY),
        Column("famille_id", "family", fields.KEY, counts=True),
    ),
)

# In the order in which they are read and loaded.
ALL = (
    FAMILIES, CHILDREN, LINKS, MANDATES, ACCOUNTS,
    INVOICES, LINES, PAYMENTS, MESSAGES, DOCUMENTS,
)  # fmt: skip
