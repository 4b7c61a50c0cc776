"""The words of the papers in the customer's language, and how amounts, days and times are written there.

Where there are no words of a language, they are English; amounts are written as in that language all the same.
"""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal

LANGUAGES = ("en", "de", "es", "fr")
_WORDS: dict[str, tuple[str, str, str, str]] = {
    # titles
    "intake": ("Repair receipt", "Annahmebeleg", "Resguardo de reparación", "Bon de dépôt"),
    "quote": ("Quote", "Kostenvoranschlag", "Presupuesto", "Devis"),
    "estimate": ("Cost estimate (not yet sent)", "Kostenschätzung (noch nicht gesendet)",
                 "Estimación (aún no enviada)", "Estimation (pas encore envoyée)"),
    "invoice": ("Invoice", "Rechnung", "Factura", "Facture"),
    "credit_note": ("Credit note", "Rechnungskorrektur", "Factura rectificativa", "Avoir"),
    "pro_forma": ("Pro forma invoice", "Proforma-Rechnung", "Factura proforma", "Facture pro forma"),
    "hand_over": ("Hand-over receipt", "Übergabebeleg", "Recibo de entrega", "Bon de restitution"),
    "payment_receipt": ("Payment receipt", "Zahlungsbeleg", "Recibo de pago", "Reçu de paiement"),
    "page": ("Page {page} of {pages}", "Seite {page} von {pages}", "Página {page} de {pages}", "Page {page} sur {pages}"),
    # facts
    "order": ("Order", "Auftrag", "Orden", "Dossier"),
    "visit": ("Drop-off", "Abgabe", "Entrega", "Dépôt"),
    "date": ("Date", "Datum", "Fecha", "Date"),
    "customer": ("Customer", "Kunde", "Cliente", "Client"),
    "device": ("Device", "Gerät", "Equipo", "Appareil"),
    "imei": ("IMEI", "IMEI", "IMEI", "IMEI"),
    "serial": ("Serial number", "Seriennummer", "N.º de serie", "N° de série"),
    "fault": ("Fault", "Fehler", "Avería", "Panne"),
    "condition": ("Condition", "Zustand", "Estado", "État"),
    "checklist": ("Checked at the intake", "Bei der Annahme geprüft", "Comprobado en la recepción", "Vérifié au dépôt"),
    "accessories": ("Accessories", "Zubehör", "Accesorios", "Accessoires"),
    "promised": ("Promised for", "Zugesagt für", "Prometido para", "Promis pour"),
    "follow": ("Scan to follow your repair", "Scannen und Reparatur verfolgen", "Escanee y siga su reparación",
               "Scannez pour suivre la réparation"),
    "tax_number": ("Tax number", "Steuernummer", "NIF/IVA", "N° de TVA"),
    "version": ("Version", "Version", "Versión", "Version"),
    "valid_until": ("Valid until", "Gültig bis", "Válido hasta", "Valable jusqu’au"),
    "number": ("Number", "Nummer", "Número", "Numéro"),
    "corrects": ("Corrects invoice", "Korrigiert Rechnung", "Rectifica la factura", "Corrige la facture"),
    "reason": ("Reason", "Grund", "Motivo", "Motif"),
    "outcome": ("Outcome", "Ergebnis", "Resultado", "Résultat"),
    "handed_over": ("Handed over", "Übergeben", "Entregado", "Restitué"),
    "warranty": ("Warranty", "Garantie", "Garantía", "Garantie"),
    "warranty_until": ("{what}: until {day}", "{what}: bis {day}", "{what}: hasta {day}", "{what} : jusqu’au {day}"),
    "warranty_months": ("Warranty: {months} months", "Garantie: {months} Monate", "Garantía: {months} meses",
                        "Garantie : {months} mois"),
    "answer_yes": ("yes", "ja", "sí", "oui"),
    "answer_no": ("no", "nein", "no", "non"),
    "answer_not_testable": ("not testable", "nicht prüfbar", "no comprobable", "non vérifiable"),
    "answer_photo": ("photo", "Foto", "foto", "photo"),
    # tables
    "description": ("Description", "Beschreibung", "Descripción", "Désignation"),
    "quantity": ("Qty", "Menge", "Cant.", "Qté"),
    "unit_price": ("Unit price", "Einzelpreis", "Precio", "Prix unitaire"),
    "discount": ("Discount", "Rabatt", "Descuento", "Remise"),
    "tax_percent": ("Tax", "Steuer", "IVA", "TVA"),
    "amount": ("Amount", "Betrag", "Importe", "Montant"),
    "option": ("Instead: {what}", "Stattdessen: {what}", "En su lugar: {what}", "À la place : {what}"),
    "fee": ("Diagnosis fee", "Diagnosegebühr", "Diagnóstico", "Frais de diagnostic"),
    # totals
    "net": ("Net", "Netto", "Base imponible", "Total HT"),
    "tax_of": ("Tax {percent} on {net}", "USt. {percent} auf {net}", "IVA {percent} de {net}", "TVA {percent} sur {net}"),
    "total": ("Total", "Gesamt", "Total", "Total"),
    "deposit": ("Deposit", "Anzahlung", "Anticipo", "Acompte"),
    "paid": ("Paid", "Bezahlt", "Pagado", "Payé"),
    "balance": ("Still to pay", "Noch zu zahlen", "Pendiente de pago", "Reste à payer"),
    "to_return": ("To be given back", "Zurückzugeben", "A devolver", "À rembourser"),
    "credited": ("Credited", "Gutgeschrieben", "Abonado", "Crédité"),
    # payments
    "payments": ("Payments", "Zahlungen", "Pagos", "Paiements"),
    "kind_deposit": ("Deposit", "Anzahlung", "Anticipo", "Acompte"),
    "kind_payment": ("Payment", "Zahlung", "Pago", "Paiement"),
    "kind_refund": ("Refund", "Erstattung", "Reembolso", "Remboursement"),
    "method_cash": ("cash", "bar", "efectivo", "espèces"),
    "method_card": ("card", "Karte", "tarjeta", "carte"),
    "method_transfer": ("transfer", "Überweisung", "transferencia", "virement"),
    "method_other": ("other", "andere", "otro", "autre"),
    "no_payments": ("Nothing has been paid yet.", "Es wurde noch nichts bezahlt.", "Aún no se ha pagado nada.",
                    "Rien n’a encore été payé."),
    # outcomes
    "outcome_repaired": ("repaired", "repariert", "reparado", "réparé"),
    "outcome_partly_repaired": ("partly repaired", "teilweise repariert", "reparado en parte", "réparé en partie"),
    "outcome_no_fault_found": ("no fault found", "kein Fehler gefunden", "sin avería", "aucune panne constatée"),
    "outcome_declined": ("declined", "abgelehnt", "rechazado", "refusé"),
    "outcome_beyond_economic_repair": ("beyond economic repair", "Reparatur nicht wirtschaftlich",
                                       "reparación no rentable", "irréparable à un coût raisonnable"),
    "outcome_unrepairable": ("unrepairable", "nicht reparierbar", "irreparable", "irréparable"),
    "unrepaired": ("The device goes back unrepaired.", "Das Gerät geht unrepariert zurück.",
                   "El equipo se devuelve sin reparar.", "L’appareil est rendu non réparé."),
    # quotes
    "state": ("Status", "Status", "Estado", "Statut"),
    "quote_sent": ("awaits your answer", "wartet auf Ihre Antwort", "espera su respuesta", "en attente de votre réponse"),
    "quote_approved": ("approved", "angenommen", "aceptado", "accepté"),
    "quote_declined": ("declined", "abgelehnt", "rechazado", "refusé"),
    "quote_superseded": ("replaced by a newer version", "durch neuere Version ersetzt",
                         "sustituido por otra versión", "remplacé par une nouvelle version"),
    "quote_expired": ("expired", "abgelaufen", "caducado", "expiré"),
    "approved_by": ("Approved by {name}, {when}: {total}", "Angenommen von {name}, {when}: {total}",
                    "Aceptado por {name}, {when}: {total}", "Accepté par {name}, {when} : {total}"),
    "declined_by": ("Declined by {name}, {when}", "Abgelehnt von {name}, {when}", "Rechazado por {name}, {when}",
                    "Refusé par {name}, {when}"),
    # parts
    "quality_original": ("original", "Original", "original", "d’origine"),
    "quality_aftermarket_premium": ("aftermarket, premium", "Nachbau, Premium", "compatible, premium", "compatible, premium"),
    "quality_aftermarket_standard": ("aftermarket, standard", "Nachbau, Standard", "compatible, estándar",
                                     "compatible, standard"),
    "quality_aftermarket_economy": ("aftermarket, economy", "Nachbau, einfach", "compatible, económico",
                                    "compatible, économique"),
    # feet
    "terms": ("Terms", "Bedingungen", "Condiciones", "Conditions"),
    "signed": ("Signed by {name}, {when}", "Unterschrieben von {name}, {when}", "Firmado por {name}, {when}",
               "Signé par {name}, {when}"),
    "signature": ("Signature", "Unterschrift", "Firma", "Signature"),
}  # fmt: skip


@dataclass(frozen=True)
class Words:
    """How a paper speaks to somebody."""

    language: str
    locale: Locale
    zone: ZoneInfo

    @property
    def right_to_left(self) -> bool:
        return bool(self.locale.character_order == "right-to-left")

    def say(self, key: str, **given: object) -> str:
        return _WORDS[key][LANGUAGES.index(self.language)].format(
            **{name: _closed(text) for name, text in given.items()}
        )

    def quality(self, quality: str) -> str:
        """Of a part; one that is called in no language here, as it is."""
        return self.say(f"quality_{quality}") if f"quality_{quality}" in _WORDS else quality

    def page_words(self) -> str:
        return _WORDS["page"][LANGUAGES.index(self.language)]

    def money(self, amount: Decimal, currency: str) -> str:
        return str(format_currency(amount, currency, locale=self.locale))

    def percent(self, percent: Decimal) -> str:
        return f"{format_decimal(percent, locale=self.locale)} %"

    def day(self, day: date) -> str:
        return str(format_date(day, "medium", locale=self.locale)) if self._is_spoken else day.isoformat()

    def day_of(self, moment: datetime) -> str:
        return self.day(moment.astimezone(self.zone).date())

    def moment(self, moment: datetime) -> str:
        return self._written(moment, "medium")

    def minute(self, moment: datetime) -> str:
        """Without seconds, as a time is promised."""
        return self._written(moment, "short")

    @property
    def _is_spoken(self) -> bool:
        """Whether the words around a time are of its language; within others the order of its parts would be lost."""
        return self.locale.language == self.language

    def _written(self, moment: datetime, length: str) -> str:
        local = moment.astimezone(self.zone)
        if not self._is_spoken:
            return local.strftime("%Y-%m-%d %H:%M")
        return str(format_datetime(local, length, tzinfo=self.zone, locale=self.locale))


def _closed(given: object) -> object:
    """A name that is written from the right does not draw the figures behind it to its other side."""
    is_from_right = isinstance(given, str) and any(unicodedata.bidirectional(char) in {"R", "AL"} for char in given)
    return f"{given}\N{LEFT-TO-RIGHT MARK}" if is_from_right else given


@lru_cache(maxsize=256)
def words_for(locale: str, zone: str) -> Words:
    """The words for a customer whose locale is written like ``de-AT``; English for one that is unknown."""
    try:
        found = Locale.parse(locale.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        found = Locale("en")
    return Words(found.language if found.language in LANGUAGES else "en", found, ZoneInfo(zone))
