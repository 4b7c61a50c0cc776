"""What is written in German."""

from apps.notifications.content.wording import Wording
from apps.notifications.enums import MessageEvent as M

WORDINGS = {
    M.REPAIR_CREATED: Wording(
        subject="Wir haben Ihr {{ device }} angenommen ({{ order_number }})",
        email=(
            "Guten Tag {{ name }},\n\n"
            "wir haben Ihr {{ device }} angenommen. Ihre Auftragsnummer ist {{ order_number }}.\n\n"
            "{% if promised %}Voraussichtlich sind wir bis {{ promised }} fertig.\n\n"
            "{% endif %}Hier können Sie die Reparatur jederzeit verfolgen:\n\n"
            "{{ link }}"
        ),
        sms=("{{ shop }}: Ihr {{ device }} ist angenommen, Auftrag {{ order_number }}. Verfolgen: {{ link }}"),
    ),
    M.REPAIR_IN_PROGRESS: Wording(
        subject="Die Arbeit an Ihrem {{ device }} hat begonnen ({{ order_number }})",
        email=(
            "Guten Tag {{ name }},\n\n"
            "wir haben mit der Arbeit an Ihrem {{ device }} begonnen.\n\n"
            "{% if promised %}Voraussichtlich sind wir bis {{ promised }} fertig.\n\n"
            "{% endif %}{{ link }}"
        ),
        sms=("{{ shop }}: Die Arbeit an Ihrem {{ device }} ({{ order_number }}) hat begonnen. {{ link }}"),
    ),
    M.REPAIR_COMPLETED: Wording(
        subject="Die Arbeit an Ihrem {{ device }} ist fertig ({{ order_number }})",
        email=(
            "Guten Tag {{ name }},\n\n"
            "die Arbeit an Ihrem {{ device }} ist fertig. Wir prüfen es noch einmal und schreiben Ihnen, "
            "sobald Sie es abholen können.\n\n"
            "{{ link }}"
        ),
        sms=(
            "{{ shop }}: Die Arbeit an Ihrem {{ device }} ({{ order_number }}) ist fertig. Wir prüfen es und "
            "melden uns zur Abholung."
        ),
    ),
    M.REPAIR_READY_PICKUP: Wording(
        subject="Ihr {{ device }} ist abholbereit ({{ order_number }})",
        email=(
            "Guten Tag {{ name }},\n\n"
            "Ihr {{ device }} ist abholbereit: {{ shop }}{% if shop_address %}, {{ shop_address }}{% endif "
            "%}.\n\n"
            "{% if balance %}Zu zahlen sind {{ balance }}.\n\n"
            "{% endif %}{% if shop_hours %}Wir haben geöffnet: {{ shop_hours }}.\n\n"
            "{% endif %}{{ link }}"
        ),
        sms=(
            "{{ shop }}: Ihr {{ device }} ({{ order_number }}) ist abholbereit.{% if balance %} Zu zahlen: {{"
            " balance }}.{% endif %} {{ link }}"
        ),
    ),
    M.REPAIR_DELIVERED: Wording(
        subject="Sie haben Ihr {{ device }} zurück ({{ order_number }})",
        email=(
            "Guten Tag {{ name }},\n\n"
            "Sie haben Ihr {{ device }} zurück. Vielen Dank für Ihr Vertrauen.\n\n"
            "Quittung, Rechnung und Garantie finden Sie hier:\n\n"
            "{{ link }}"
        ),
        sms=("{{ shop }}: Vielen Dank! Quittung und Garantie zu {{ order_number }}: {{ link }}"),
    ),
    M.REPAIR_DELAYED: Wording(
        subject="Ihr {{ device }} dauert länger ({{ order_number }})",
        email=(
            "Guten Tag {{ name }},\n\n"
            "es tut uns leid: Ihr {{ device }} wird nicht bis {{ promised }} fertig, wie wir es versprochen "
            "hatten. Wir schreiben Ihnen, sobald es bereit ist.\n\n"
            "Bei Fragen rufen Sie uns an{% if shop_phone %}: {{ shop_phone }}{% endif %}.\n\n"
            "{{ link }}"
        ),
        sms=(
            "{{ shop }}: Es tut uns leid, Ihr {{ device }} ({{ order_number }}) dauert länger als "
            "versprochen. Wir melden uns.{% if shop_phone %} Fragen: {{ shop_phone }}{% endif %}"
        ),
    ),
    M.PAYMENT_RECEIVED: Wording(
        subject="Wir haben {{ amount }} erhalten ({{ order_number }})",
        email=(
            "Guten Tag {{ name }},\n\n"
            "wir haben {{ amount }} für Ihr {{ device }} erhalten. Vielen Dank.\n\n"
            "{% if balance %}Offen sind noch {{ balance }}.{% else %}Es ist alles bezahlt.{% endif %}\n\n"
            "{{ link }}"
        ),
        sms=(
            "{{ shop }}: {{ amount }} für {{ order_number }} erhalten.{% if balance %} Noch offen: {{ balance"
            " }}.{% endif %} Vielen Dank!"
        ),
    ),
    M.PAYMENT_REMINDER: Wording(
        subject="Ihr {{ device }} wartet auf Sie ({{ order_number }})",
        email=(
            "Guten Tag {{ name }},\n\n"
            "Ihr {{ device }} ist seit {{ ready_since }} abholbereit; bei der Abholung sind {{ balance }} zu "
            "zahlen.\n\n"
            "{% if shop_hours %}Wir haben geöffnet: {{ shop_hours }}.\n\n"
            "{% endif %}{{ link }}"
        ),
        sms=(
            "{{ shop }}: Ihr {{ device }} ({{ order_number }}) ist seit {{ ready_since }} abholbereit. Zu "
            "zahlen: {{ balance }}. {{ link }}"
        ),
    ),
    M.PICKUP_REMINDER: Wording(
        subject="Ihr {{ device }} wartet auf Sie ({{ order_number }})",
        email=(
            "Guten Tag {{ name }},\n\n"
            "Ihr {{ device }} ist seit {{ ready_since }} abholbereit. Bitte holen Sie es ab: {{ shop }}{% if "
            "shop_address %}, {{ shop_address }}{% endif %}.\n\n"
            "{% if shop_hours %}Wir haben geöffnet: {{ shop_hours }}.\n\n"
            "{% endif %}{{ link }}"
        ),
        sms=(
            "{{ shop }}: Ihr {{ device }} ({{ order_number }}) ist seit {{ ready_since }} abholbereit. Bitte "
            "holen Sie es ab. {{ link }}"
        ),
    ),
    M.BOOKING_REMINDER: Wording(
        subject="Ihr Termin am {{ starts_at }}",
        email=(
            "Guten Tag {{ name }},\n\n"
            "wir erwarten Sie am {{ starts_at }}: {{ shop }}{% if shop_address %}, {{ shop_address }}{% endif"
            " %}.\n\n"
            "Wenn Sie nicht kommen können, verlegen oder stornieren Sie den Termin hier:\n\n"
            "{{ link }}"
        ),
        sms=("{{ shop }}: Wir erwarten Sie am {{ starts_at }}. Verlegen oder absagen: {{ link }}"),
    ),
    M.QUOTE_SENT: Wording(
        subject="Kostenvoranschlag für Ihr {{ device }}: {{ total }} ({{ order_number }})",
        email=(
            "Guten Tag {{ name }},\n\n"
            "wir haben Ihr {{ device }} geprüft. Die Reparatur kostet {{ total }}.\n\n"
            "{% if message %}{{ message }}\n\n"
            "{% endif %}Sobald Sie zustimmen, geht es weiter. Sie können bis {{ valid_until }} antworten:\n\n"
            "{{ link }}"
        ),
        sms=(
            "{{ shop }}: Die Reparatur Ihres {{ device }} ({{ order_number }}) kostet {{ total }}. Bitte "
            "antworten Sie: {{ link }}"
        ),
    ),
}
