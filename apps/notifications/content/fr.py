"""What is written in French."""

from apps.notifications.content.wording import Wording
from apps.notifications.enums import MessageEvent as M

WORDINGS = {
    M.REPAIR_CREATED: Wording(
        subject="Nous avons reçu votre {{ device }} ({{ order_number }})",
        email=(
            "Bonjour {{ first_name }},\n\n"
            "nous avons reçu votre {{ device }}. Votre numéro de commande est {{ order_number }}.\n\n"
            "{% if promised %}Nous pensons avoir terminé le {{ promised }}.\n\n"
            "{% endif %}Suivez la réparation ici à tout moment :\n\n"
            "{{ link }}"
        ),
        sms=("{{ shop }} : votre {{ device }} est chez nous, commande {{ order_number }}. Suivi : {{ link }}"),
    ),
    M.REPAIR_IN_PROGRESS: Wording(
        subject="Nous avons commencé votre {{ device }} ({{ order_number }})",
        email=(
            "Bonjour {{ first_name }},\n\n"
            "nous avons commencé à travailler sur votre {{ device }}.\n\n"
            "{% if promised %}Nous pensons avoir terminé le {{ promised }}.\n\n"
            "{% endif %}{{ link }}"
        ),
        sms=("{{ shop }} : nous avons commencé votre {{ device }} ({{ order_number }}). {{ link }}"),
    ),
    M.REPAIR_COMPLETED: Wording(
        subject="Le travail sur votre {{ device }} est terminé ({{ order_number }})",
        email=(
            "Bonjour {{ first_name }},\n\n"
            "le travail sur votre {{ device }} est terminé. Nous le vérifions encore une fois et vous "
            "écrivons dès que vous pouvez venir le chercher.\n\n"
            "{{ link }}"
        ),
        sms=(
            "{{ shop }} : le travail sur votre {{ device }} ({{ order_number }}) est terminé. Nous vous "
            "écrivons dès qu'il est prêt."
        ),
    ),
    M.REPAIR_READY_PICKUP: Wording(
        subject="Votre {{ device }} est prêt ({{ order_number }})",
        email=(
            "Bonjour {{ first_name }},\n\n"
            "votre {{ device }} est prêt. Vous pouvez venir le chercher chez {{ shop }}{% if shop_address %},"
            " {{ shop_address }}{% endif %}.\n\n"
            "{% if balance %}Il reste {{ balance }} à payer.\n\n"
            "{% endif %}{% if shop_hours %}Nous sommes ouverts : {{ shop_hours }}.\n\n"
            "{% endif %}{{ link }}"
        ),
        sms=(
            "{{ shop }} : votre {{ device }} ({{ order_number }}) est prêt.{% if balance %} A payer : {{ "
            "balance }}.{% endif %} {{ link }}"
        ),
    ),
    M.REPAIR_DELIVERED: Wording(
        subject="Vous avez récupéré votre {{ device }} ({{ order_number }})",
        email=(
            "Bonjour {{ first_name }},\n\n"
            "vous avez récupéré votre {{ device }}. Merci de votre confiance.\n\n"
            "Le reçu, la facture et la garantie se trouvent ici :\n\n"
            "{{ link }}"
        ),
        sms=("{{ shop }} : merci ! Reçu et garantie de {{ order_number }} : {{ link }}"),
    ),
    M.REPAIR_DELAYED: Wording(
        subject="Votre {{ device }} prendra plus de temps ({{ order_number }})",
        email=(
            "Bonjour {{ first_name }},\n\n"
            "nous sommes désolés : votre {{ device }} ne sera pas prêt le {{ promised }}, comme nous l'avions"
            " promis. Nous vous écrivons dès qu'il l'est.\n\n"
            "Pour toute question, appelez-nous{% if shop_phone %} au {{ shop_phone }}{% endif %}.\n\n"
            "{{ link }}"
        ),
        sms=(
            "{{ shop }} : désolés, votre {{ device }} ({{ order_number }}) prend plus de temps que promis.{% "
            "if shop_phone %} Questions : {{ shop_phone }}{% endif %}"
        ),
    ),
    M.PAYMENT_RECEIVED: Wording(
        subject="Nous avons reçu {{ amount }} ({{ order_number }})",
        email=(
            "Bonjour {{ first_name }},\n\n"
            "nous avons reçu {{ amount }} pour votre {{ device }}. Merci.\n\n"
            "{% if balance %}Il reste {{ balance }} à payer.{% else %}Tout est payé.{% endif %}\n\n"
            "{{ link }}"
        ),
        sms=(
            "{{ shop }} : nous avons reçu {{ amount }} pour {{ order_number }}.{% if balance %} Reste : {{ "
            "balance }}.{% endif %} Merci !"
        ),
    ),
    M.PAYMENT_REMINDER: Wording(
        subject="Votre {{ device }} vous attend ({{ order_number }})",
        email=(
            "Bonjour {{ first_name }},\n\n"
            "votre {{ device }} est prêt depuis le {{ ready_since }} ; il reste {{ balance }} à payer lorsque"
            " vous venez le chercher.\n\n"
            "{% if shop_hours %}Nous sommes ouverts : {{ shop_hours }}.\n\n"
            "{% endif %}{{ link }}"
        ),
        sms=(
            "{{ shop }} : votre {{ device }} ({{ order_number }}) est prêt depuis le {{ ready_since }}. A "
            "payer : {{ balance }}. {{ link }}"
        ),
    ),
    M.PICKUP_REMINDER: Wording(
        subject="Votre {{ device }} vous attend ({{ order_number }})",
        email=(
            "Bonjour {{ first_name }},\n\n"
            "votre {{ device }} est prêt depuis le {{ ready_since }}. Venez le chercher chez {{ shop }}{% if "
            "shop_address %}, {{ shop_address }}{% endif %}.\n\n"
            "{% if shop_hours %}Nous sommes ouverts : {{ shop_hours }}.\n\n"
            "{% endif %}{{ link }}"
        ),
        sms=(
            "{{ shop }} : votre {{ device }} ({{ order_number }}) est prêt depuis le {{ ready_since }}. Nous "
            "vous attendons. {{ link }}"
        ),
    ),
    M.BOOKING_REMINDER: Wording(
        subject="Votre rendez-vous du {{ starts_at }}",
        email=(
            "Bonjour {{ first_name }},\n\n"
            "nous vous attendons le {{ starts_at }} chez {{ shop }}{% if shop_address %}, {{ shop_address "
            "}}{% endif %}.\n\n"
            "Si vous ne pouvez pas venir, déplacez ou annulez le rendez-vous ici :\n\n"
            "{{ link }}"
        ),
        sms=("{{ shop }} : nous vous attendons le {{ starts_at }}. Déplacer ou annuler : {{ link }}"),
    ),
    M.QUOTE_SENT: Wording(
        subject="Devis pour votre {{ device }} : {{ total }} ({{ order_number }})",
        email=(
            "Bonjour {{ first_name }},\n\n"
            "nous avons examiné votre {{ device }}. La réparation coûte {{ total }}.\n\n"
            "{% if message %}{{ message }}\n\n"
            "{% endif %}Nous continuons dès que vous êtes d'accord. Vous pouvez répondre jusqu'au {{ "
            "valid_until }} :\n\n"
            "{{ link }}"
        ),
        sms=(
            "{{ shop }} : la réparation de votre {{ device }} ({{ order_number }}) coûte {{ total }}. "
            "Répondez ici : {{ link }}"
        ),
    ),
}
