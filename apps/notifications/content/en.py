"""What is written in English."""

from apps.notifications.content.wording import Wording
from apps.notifications.enums import MessageEvent as M

WORDINGS = {
    M.REPAIR_CREATED: Wording(
        subject="We have your {{ device }} ({{ order_number }})",
        email=(
            "Hello {{ first_name }},\n\n"
            "we have taken in your {{ device }}. Your order number is {{ order_number }}.\n\n"
            "{% if promised %}We expect to be done by {{ promised }}.\n\n"
            "{% endif %}Follow the repair here at any time:\n\n"
            "{{ link }}"
        ),
        sms=("{{ shop }}: we have your {{ device }}, order {{ order_number }}. Follow it: {{ link }}"),
    ),
    M.REPAIR_IN_PROGRESS: Wording(
        subject="We have begun with your {{ device }} ({{ order_number }})",
        email=(
            "Hello {{ first_name }},\n\n"
            "we have begun to work on your {{ device }}.\n\n"
            "{% if promised %}We expect to be done by {{ promised }}.\n\n"
            "{% endif %}{{ link }}"
        ),
        sms=("{{ shop }}: we have begun to work on your {{ device }} ({{ order_number }}). {{ link }}"),
    ),
    M.REPAIR_COMPLETED: Wording(
        subject="The work on your {{ device }} is done ({{ order_number }})",
        email=(
            "Hello {{ first_name }},\n\n"
            "the work on your {{ device }} is done. We check it once more, and write to you as soon as you "
            "can collect it.\n\n"
            "{{ link }}"
        ),
        sms=(
            "{{ shop }}: the work on your {{ device }} ({{ order_number }}) is done. We check it and write "
            "when you can collect it."
        ),
    ),
    M.REPAIR_READY_PICKUP: Wording(
        subject="Your {{ device }} is ready ({{ order_number }})",
        email=(
            "Hello {{ first_name }},\n\n"
            "your {{ device }} is ready. You can collect it at {{ shop }}{% if shop_address %}, {{ "
            "shop_address }}{% endif %}.\n\n"
            "{% if balance %}There are {{ balance }} to pay.\n\n"
            "{% endif %}{% if shop_hours %}We are open {{ shop_hours }}.\n\n"
            "{% endif %}{{ link }}"
        ),
        sms=(
            "{{ shop }}: your {{ device }} ({{ order_number }}) is ready to be collected.{% if balance %} To "
            "pay: {{ balance }}.{% endif %} {{ link }}"
        ),
    ),
    M.REPAIR_DELIVERED: Wording(
        subject="You have your {{ device }} back ({{ order_number }})",
        email=(
            "Hello {{ first_name }},\n\n"
            "you have your {{ device }} back. Thank you for your trust.\n\n"
            "Receipt, invoice and warranty stand here:\n\n"
            "{{ link }}"
        ),
        sms=("{{ shop }}: thank you! Receipt and warranty of your {{ device }} ({{ order_number }}): {{ link }}"),
    ),
    M.REPAIR_DELAYED: Wording(
        subject="Your {{ device }} will take longer ({{ order_number }})",
        email=(
            "Hello {{ first_name }},\n\n"
            "we are sorry: your {{ device }} will not be done by {{ promised }}, as we had promised. We write"
            " to you as soon as it is ready.\n\n"
            "If you have a question, call us{% if shop_phone %} at {{ shop_phone }}{% endif %}.\n\n"
            "{{ link }}"
        ),
        sms=(
            "{{ shop }}: we are sorry, your {{ device }} ({{ order_number }}) takes longer than promised. We "
            "write when it is ready.{% if shop_phone %} Questions: {{ shop_phone }}{% endif %}"
        ),
    ),
    M.PAYMENT_RECEIVED: Wording(
        subject="We have received {{ amount }} ({{ order_number }})",
        email=(
            "Hello {{ first_name }},\n\n"
            "we have received {{ amount }} for your {{ device }}. Thank you.\n\n"
            "{% if balance %}There are {{ balance }} left to pay.{% else %}Everything is paid.{% endif %}\n\n"
            "{{ link }}"
        ),
        sms=(
            "{{ shop }}: we have received {{ amount }} for {{ order_number }}.{% if balance %} Left to pay: "
            "{{ balance }}.{% endif %} Thank you!"
        ),
    ),
    M.PAYMENT_REMINDER: Wording(
        subject="Your {{ device }} is waiting for you ({{ order_number }})",
        email=(
            "Hello {{ first_name }},\n\n"
            "your {{ device }} has been ready since {{ ready_since }}, and {{ balance }} are to be paid when "
            "you collect it.\n\n"
            "{% if shop_hours %}We are open {{ shop_hours }}.\n\n"
            "{% endif %}{{ link }}"
        ),
        sms=(
            "{{ shop }}: your {{ device }} ({{ order_number }}) is ready since {{ ready_since }}. To pay: {{ "
            "balance }}. {{ link }}"
        ),
    ),
    M.PICKUP_REMINDER: Wording(
        subject="Your {{ device }} is waiting for you ({{ order_number }})",
        email=(
            "Hello {{ first_name }},\n\n"
            "your {{ device }} has been ready since {{ ready_since }}. Please collect it at {{ shop }}{% if "
            "shop_address %}, {{ shop_address }}{% endif %}.\n\n"
            "{% if shop_hours %}We are open {{ shop_hours }}.\n\n"
            "{% endif %}{{ link }}"
        ),
        sms=(
            "{{ shop }}: your {{ device }} ({{ order_number }}) is ready since {{ ready_since }}. Please "
            "collect it. {{ link }}"
        ),
    ),
    M.BOOKING_REMINDER: Wording(
        subject="Your appointment on {{ starts_at }}",
        email=(
            "Hello {{ first_name }},\n\n"
            "we expect you on {{ starts_at }} at {{ shop }}{% if shop_address %}, {{ shop_address }}{% endif "
            "%}.\n\n"
            "If you cannot come, move or cancel it here:\n\n"
            "{{ link }}"
        ),
        sms=("{{ shop }}: we expect you on {{ starts_at }}. To move or cancel: {{ link }}"),
    ),
    M.QUOTE_SENT: Wording(
        subject="What your {{ device }} will cost: {{ total }} ({{ order_number }})",
        email=(
            "Hello {{ first_name }},\n\n"
            "we have looked at your {{ device }}. The repair costs {{ total }}.\n\n"
            "{% if message %}{{ message }}\n\n"
            "{% endif %}We go on as soon as you say yes. You can answer until {{ valid_until }}:\n\n"
            "{{ link }}"
        ),
        sms=(
            "{{ shop }}: the repair of your {{ device }} ({{ order_number }}) costs {{ total }}. Please say "
            "yes or no: {{ link }}"
        ),
    ),
}
