"""The database itself keeps what was signed, quoted, invoiced and warranted; orders know since when they are where."""

from django.db import migrations

from apps.core.db import AppendOnly

_SINCE = """
UPDATE repairs_repairorder SET status_since = COALESCE(
    (SELECT MAX(h.created_at) FROM repairs_statushistory h WHERE h.order_id = repairs_repairorder.id), created_at)
"""


class Migration(migrations.Migration):
    dependencies = [("repairs", "0006_intake_quotes_invoices_and_work")]

    operations = [
        migrations.RunSQL(_SINCE, migrations.RunSQL.noop),
        AppendOnly("Tender"),
        AppendOnly("Signature"),
        AppendOnly("Checklist"),
        AppendOnly("ChecklistAnswer"),
        AppendOnly("QuoteLine"),
        AppendOnly("QuoteDecision"),
        AppendOnly("Invoice"),
        AppendOnly("InvoiceLine"),
        AppendOnly("WorkCorrection"),
        AppendOnly("Rework"),
        AppendOnly("Warranty"),
        AppendOnly("FaultyPart"),
    ]
