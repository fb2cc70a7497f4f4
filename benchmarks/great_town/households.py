"""Families, their people, and their money."""

from collections.abc import Iterator

from benchmarks import town
from benchmarks.great_town.sql import MONTHS, RARE, Dialect, Filled, one_of, rare

INVOICES_A_MONTH = 10
# Of a school.
PUPILS = 250
CLASSES = ("PS", "MS", "GS", "GS B", "CP", "CP B", "CE1", "CE2", "CM1", "CM2")


def people(d: Dialect, families: int, password_hash: str) -> Iterator[Filled]:
    yield (
        "family",
        f"""
        INSERT INTO family (id, source_id, number, street, postcode, city, direct_debit)
        SELECT f.n, f.n || '', f.n || '', (1 + f.n * 37 % 200) || ' rue de la Fontaine', '38590',
               'Saint-Exemple-sur-Isère', f.n % 4 = 3
        FROM {d.numbers("f", families)}""",
    )
    yield (
        "guardian",
        f"""
        INSERT INTO guardian (id, family_id, rank, title, last_name, first_name, sex, birth_date,
                              phone, mobile, work_phone, email)
        SELECT f.n, f.n, 1, 'Madame', {one_of(town.LAST_NAMES, "f.n * 31 / 7")},
               {one_of(town.FIRST_NAMES, "f.n * 17 / 5")}, 'F', {d.on("f.n % 7000 - 17000")}, '',
               '+33639980000', '', 'parent' || f.n || '@exemple.fr'
        FROM {d.numbers("f", families)}""",
    )
    # Every third family has a second guardian.
    yield (
        "guardian",
        f"""
        INSERT INTO guardian (id, family_id, rank, title, last_name, first_name, sex,
                              phone, mobile, work_phone, email)
        SELECT {families} + f.n, f.n * 3, 2, 'Monsieur', {one_of(town.LAST_NAMES, "f.n * 93 / 7")},
               {one_of(town.FIRST_NAMES, "f.n * 13 / 5")}, 'M', '', '+33639980001', '',
               'autre' || f.n || '@exemple.fr'
        FROM {d.numbers("f", families // 3)}""",
    )
    first = int(town.identifier_of(0))
    yield (
        "account",
        f"""
        INSERT INTO account (id, guardian_id, identifier, password_hash, password_changed_at)
        SELECT id, id, ({first} + id) || '',
               CASE WHEN id % 3 <> 0 THEN '{password_hash}' END,
               CASE WHEN id % 3 <> 0 THEN {d.at("id % 400000")} END
        FROM guardian ORDER BY id""",
    )
    # Brothers and sisters go to the same one.
    schools = max(1, families * town.CHILDREN_PER_FAMILY // PUPILS)
    yield (
        "child",
        f"""
        INSERT INTO child (id, public_id, source_id, last_name, first_name, sex, birth_date,
                           school, class_name, photo)
        SELECT c.n, {d.opaque("c.n")}, c.n || '',
               {one_of(town.LAST_NAMES, "(c.n + 1) / 2 * 31 / 7")},
               {one_of(town.FIRST_NAMES, "c.n * 19 / 3")}, {one_of(("F", "M"), "c.n")},
               {d.on("c.n % 2500 - 2200")}, 'École ' || (1 + (c.n + 1) / 2 % {schools}),
               {one_of(CLASSES, f"c.n / 2 / {schools}")}, ''
        FROM {d.numbers("c", families * town.CHILDREN_PER_FAMILY)}""",
    )
    yield (
        "family_child",
        """
        INSERT INTO family_child (family_id, child_id) SELECT (id + 1) / 2, id FROM child""",
    )
    yield (
        "accepted_value",
        f"""
        INSERT INTO accepted_value (guardian_id, field, file_value, value, accepted_at)
        SELECT id, 'mobile', '+33639980002', mobile, {d.at("id % 90000")}
        FROM guardian WHERE id % 50 = 0 ORDER BY id""",
    )


def money(d: Dialect, families: int) -> Iterator[Filled]:
    """Invoices month by month, two lines each; all are paid but those of the last two months."""
    month, family = d.numbers("m", MONTHS), d.numbers("f", families)
    a_month = d.numbers("k", INVOICES_A_MONTH)
    ordinary = f"f.n % {RARE} = 1 OR m.n > {MONTHS} - 4 - f.n * 7 % 13"
    for each, tables, wanted in (
        ("0", f"{month} CROSS JOIN {family}", f"f.n % {RARE} <> 2 AND ({ordinary})"),
        ("k.n", f"{month} CROSS JOIN {a_month} CROSS JOIN {rare(d, families)}", "true"),
    ):
        yield (
            "invoice",
            f"""
        INSERT INTO invoice (public_id, source_id, family_id, kind, number, issued_on, due_on,
                             amount, allocated, label, file)
        SELECT {d.opaque("key")}, key || '', family,
               CASE WHEN key / 16 % 97 = 0 THEN 'ANNULEE' ELSE 'FACTURE' END, 'F' || key,
               {d.on("month * 30")}, {d.on("month * 30 + 25")}, 1000 + key * 7919 % 30000,
               CASE WHEN key / 16 % 97 = 0 OR month > {MONTHS} - 2 THEN 0
                    ELSE 1000 + key * 7919 % 30000 END, 'Accueil périscolaire', ''
        FROM (SELECT m.n AS month, f.n AS family, (f.n * 64 + m.n) * 16 + {each} AS key
              FROM {tables} WHERE {wanted} ORDER BY m.n, f.n) AS made""",
        )
    yield (
        "invoice_line",
        """
        INSERT INTO invoice_line (invoice_id, position, child_id, label, quantity, unit_price,
                                  amount)
        SELECT i.id, p.n, i.family_id * 2 - 2 + p.n,
               CASE WHEN p.n = 1 THEN 'Cantine' ELSE 'Garderie du soir' END, 10000, NULL,
               CASE WHEN p.n = 1 THEN i.amount / 2 ELSE i.amount - i.amount / 2 END
        FROM invoice i CROSS JOIN (SELECT 1 AS n UNION ALL SELECT 2) AS p ORDER BY i.id, p.n""",
    )
    yield (
        "payment",
        f"""
        INSERT INTO payment (source_id, family_id, invoice_id, paid_on, amount, mode, reference)
        SELECT source_id, family_id, id, due_on, amount, 'Carte bancaire', ''
        FROM invoice WHERE kind = 'FACTURE' AND issued_on <= {d.on(str(30 * (MONTHS - 2)))}
        ORDER BY id""",
    )
    yield (
        "allocation",
        """
        INSERT INTO allocation (invoice_id, payment_id, credit_note_id, amount)
        SELECT invoice_id, id, NULL, amount FROM payment ORDER BY id""",
    )
