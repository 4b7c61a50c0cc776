"""What is written in Spanish."""

from apps.notifications.content.wording import Wording
from apps.notifications.enums import MessageEvent as M

WORDINGS = {
    M.REPAIR_CREATED: Wording(
        subject="Hemos recibido su {{ device }} ({{ order_number }})",
        email=(
            "Hola, {{ first_name }}:\n\n"
            "hemos recibido su {{ device }}. Su número de orden es {{ order_number }}.\n\n"
            "{% if promised %}Esperamos terminar antes del {{ promised }}.\n\n"
            "{% endif %}Siga la reparación aquí en cualquier momento:\n\n"
            "{{ link }}"
        ),
        sms=("{{ shop }}: hemos recibido su {{ device }}, orden {{ order_number }}. Seguimiento: {{ link }}"),
    ),
    M.REPAIR_IN_PROGRESS: Wording(
        subject="Hemos empezado con su {{ device }} ({{ order_number }})",
        email=(
            "Hola, {{ first_name }}:\n\n"
            "hemos empezado a trabajar en su {{ device }}.\n\n"
            "{% if promised %}Esperamos terminar antes del {{ promised }}.\n\n"
            "{% endif %}{{ link }}"
        ),
        sms=("{{ shop }}: hemos empezado con su {{ device }} ({{ order_number }}). {{ link }}"),
    ),
    M.REPAIR_COMPLETED: Wording(
        subject="El trabajo en su {{ device }} está hecho ({{ order_number }})",
        email=(
            "Hola, {{ first_name }}:\n\n"
            "el trabajo en su {{ device }} está hecho. Lo comprobamos una vez más y le escribimos en cuanto "
            "pueda recogerlo.\n\n"
            "{{ link }}"
        ),
        sms=(
            "{{ shop }}: el trabajo en su {{ device }} ({{ order_number }}) está hecho. Le avisamos cuando "
            "pueda recogerlo."
        ),
    ),
    M.REPAIR_READY_PICKUP: Wording(
        subject="Su {{ device }} está listo ({{ order_number }})",
        email=(
            "Hola, {{ first_name }}:\n\n"
            "su {{ device }} está listo. Puede recogerlo en {{ shop }}{% if shop_address %}, {{ shop_address "
            "}}{% endif %}.\n\n"
            "{% if balance %}Quedan por pagar {{ balance }}.\n\n"
            "{% endif %}{% if shop_hours %}Horario: {{ shop_hours }}.\n\n"
            "{% endif %}{{ link }}"
        ),
        sms=(
            "{{ shop }}: su {{ device }} ({{ order_number }}) está listo para recoger.{% if balance %} A "
            "pagar: {{ balance }}.{% endif %} {{ link }}"
        ),
    ),
    M.REPAIR_DELIVERED: Wording(
        subject="Ya tiene su {{ device }} ({{ order_number }})",
        email=(
            "Hola, {{ first_name }}:\n\n"
            "ya tiene su {{ device }}. Gracias por su confianza.\n\n"
            "El recibo, la factura y la garantía están aquí:\n\n"
            "{{ link }}"
        ),
        sms=("{{ shop }}: gracias. Recibo y garantía de {{ order_number }}: {{ link }}"),
    ),
    M.REPAIR_DELAYED: Wording(
        subject="Su {{ device }} tardará más ({{ order_number }})",
        email=(
            "Hola, {{ first_name }}:\n\n"
            "lo sentimos: su {{ device }} no estará listo el {{ promised }}, como habíamos prometido. Le "
            "escribimos en cuanto lo esté.\n\n"
            "Si tiene alguna pregunta, llámenos{% if shop_phone %} al {{ shop_phone }}{% endif %}.\n\n"
            "{{ link }}"
        ),
        sms=(
            "{{ shop }}: lo sentimos, su {{ device }} ({{ order_number }}) tardará más de lo prometido. Le "
            "avisamos.{% if shop_phone %} Preguntas: {{ shop_phone }}{% endif %}"
        ),
    ),
    M.PAYMENT_RECEIVED: Wording(
        subject="Hemos recibido {{ amount }} ({{ order_number }})",
        email=(
            "Hola, {{ first_name }}:\n\n"
            "hemos recibido {{ amount }} por su {{ device }}. Gracias.\n\n"
            "{% if balance %}Quedan por pagar {{ balance }}.{% else %}Todo está pagado.{% endif %}\n\n"
            "{{ link }}"
        ),
        sms=(
            "{{ shop }}: hemos recibido {{ amount }} por {{ order_number }}.{% if balance %} Quedan: {{ "
            "balance }}.{% endif %} Gracias."
        ),
    ),
    M.PAYMENT_REMINDER: Wording(
        subject="Su {{ device }} le espera ({{ order_number }})",
        email=(
            "Hola, {{ first_name }}:\n\n"
            "su {{ device }} está listo desde el {{ ready_since }}; al recogerlo quedan por pagar {{ balance "
            "}}.\n\n"
            "{% if shop_hours %}Horario: {{ shop_hours }}.\n\n"
            "{% endif %}{{ link }}"
        ),
        sms=(
            "{{ shop }}: su {{ device }} ({{ order_number }}) está listo desde el {{ ready_since }}. A pagar:"
            " {{ balance }}. {{ link }}"
        ),
    ),
    M.PICKUP_REMINDER: Wording(
        subject="Su {{ device }} le espera ({{ order_number }})",
        email=(
            "Hola, {{ first_name }}:\n\n"
            "su {{ device }} está listo desde el {{ ready_since }}. Recójalo en {{ shop }}{% if shop_address "
            "%}, {{ shop_address }}{% endif %}.\n\n"
            "{% if shop_hours %}Horario: {{ shop_hours }}.\n\n"
            "{% endif %}{{ link }}"
        ),
        sms=(
            "{{ shop }}: su {{ device }} ({{ order_number }}) está listo desde el {{ ready_since }}. Le "
            "esperamos. {{ link }}"
        ),
    ),
    M.BOOKING_REMINDER: Wording(
        subject="Su cita del {{ starts_at }}",
        email=(
            "Hola, {{ first_name }}:\n\n"
            "le esperamos el {{ starts_at }} en {{ shop }}{% if shop_address %}, {{ shop_address }}{% endif "
            "%}.\n\n"
            "Si no puede venir, cambie o cancele la cita aquí:\n\n"
            "{{ link }}"
        ),
        sms=("{{ shop }}: le esperamos el {{ starts_at }}. Cambiar o cancelar: {{ link }}"),
    ),
    M.QUOTE_SENT: Wording(
        subject="Presupuesto de su {{ device }}: {{ total }} ({{ order_number }})",
        email=(
            "Hola, {{ first_name }}:\n\n"
            "hemos revisado su {{ device }}. La reparación cuesta {{ total }}.\n\n"
            "{% if message %}{{ message }}\n\n"
            "{% endif %}Seguimos en cuanto usted lo apruebe. Puede responder hasta el {{ valid_until }}:\n\n"
            "{{ link }}"
        ),
        sms=(
            "{{ shop }}: la reparación de su {{ device }} ({{ order_number }}) cuesta {{ total }}. Responda "
            "aquí: {{ link }}"
        ),
    ),
}
