"""What stands on the papers of a repair, as blocks to be printed."""

from apps.repairs.rules.documents.facts import (
    DecisionFacts,
    DeviceFacts,
    InvoiceFacts,
    LabelFacts,
    LineFacts,
    OrderFacts,
    PaymentFacts,
    PersonFacts,
    QuoteFacts,
    ShopFacts,
    SignatureFacts,
    VisitFacts,
    WarrantyFacts,
)
from apps.repairs.rules.documents.intake import intake_receipt
from apps.repairs.rules.documents.invoice import invoice, pro_forma
from apps.repairs.rules.documents.label import label_texts
from apps.repairs.rules.documents.quote import cost_estimate, quote
from apps.repairs.rules.documents.receipt import receipt
from apps.repairs.rules.documents.words import Words, words_for

__all__ = [
    "DecisionFacts", "DeviceFacts", "InvoiceFacts", "LabelFacts", "LineFacts", "OrderFacts", "PaymentFacts",
    "PersonFacts", "QuoteFacts", "ShopFacts", "SignatureFacts", "VisitFacts", "WarrantyFacts", "Words",
    "cost_estimate", "intake_receipt", "invoice", "label_texts", "pro_forma", "quote", "receipt", "words_for",
]  # fmt: skip
