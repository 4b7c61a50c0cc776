"""A customer makes an account with what comes by mail, and finds the repair that was there before."""

import email
import email.policy
import re
from pathlib import Path

from tests.journeys.client import Caller
from tests.journeys.forms import Embedded
from tests.journeys.orders import intake
from tests.journeys.processes import until

ADDRESS = "kim.reader@mail.example"
PASSWORDS = ("First-Horse-1", "Second-Horse-2")


def mails(form: Embedded, subject: str) -> list[str]:
    """The texts of the mails to the customer with this subject, oldest first."""
    files = sorted((form.data / "mail").glob("*.log"), key=lambda path: path.stat().st_mtime)
    letters = [
        email.message_from_string(text, policy=email.policy.default) for path in files for text in _letters(path)
    ]
    return [letter.get_content() for letter in letters if (letter["To"], letter["Subject"]) == (ADDRESS, subject)]


def _letters(path: Path) -> list[str]:
    """The mails in one file; after each of them comes a line of dashes."""
    return [text.lstrip("\n") for text in path.read_text().split("\n" + "-" * 79 + "\n")[:-1]]


def code_in_mail(form: Embedded, subject: str) -> str:
    until(lambda: mails(form, subject), f"a mail “{subject}”")
    found = re.search(r"Your code is (\d{6})\.", mails(form, subject)[-1])
    assert found is not None
    return found.group(1)


def take_in(seller: Caller) -> str:
    """A repair of a customer whom the counter knows by the address; its id."""
    fields = {"firstName": "Kim", "lastName": "Reader", "email": ADDRESS.upper(), "phone": "+447700900999"}
    customer = seller.post("customers", fields)
    return seller.post("repairs", {**intake(seller), "customerId": customer["id"]})["id"]


def test_a_customer_registers_verifies_and_sees_the_own_repair(embedded: Embedded) -> None:
    order_id = take_in(embedded.caller("seller"))
    kim = embedded.caller()
    new = {"firstName": "Kim", "lastName": "Reader", "email": ADDRESS, "password": PASSWORDS[0]}

    tokens = kim.post("auth/register", new, 201)
    kim.resume(tokens["accessToken"], tokens["user"])
    before = (kim.get("repairs")["items"], kim.get(f"repairs/{order_id}", 404))
    code = code_in_mail(embedded, "Your code to confirm your e-mail address")
    verified = kim.post("auth/verify-otp", {"identifier": ADDRESS, "code": code}, 200)
    after = [order["id"] for order in kim.get("repairs")["items"]]

    assert before == ([], "NOT_FOUND")
    assert (verified["user"]["isVerified"], after) == (True, [order_id])
    assert kim.post("auth/verify-otp", {"identifier": ADDRESS, "code": code}, 400) == "VALIDATION_ERROR"

    kim.post("auth/forgot-password", {"identifier": ADDRESS}, 200)
    reset = {"identifier": ADDRESS, "code": code_in_mail(embedded, "Your code for a new password")}
    kim.post("auth/reset-password", {**reset, "newPassword": PASSWORDS[1]}, 200)

    assert kim.get("repairs", 401) == "TOKEN_REVOKED"
    assert embedded.caller().post("auth/login", {"identifier": ADDRESS, "password": PASSWORDS[0]}, 401) == (
        "INVALID_CREDENTIALS"
    )
    again = embedded.caller().login(ADDRESS, PASSWORDS[1])
    assert [order["id"] for order in again.get("repairs")["items"]] == [order_id]
    assert len(mails(embedded, "Your code to confirm your e-mail address")) == 1
    statuses = embedded.query(
        "SELECT n.status, n.attempts FROM notifications_notification n JOIN accounts_user u ON u.id = n.user_id"
        " WHERE u.email = %s ORDER BY n.created_at",
        ADDRESS,
    )
    assert statuses == [("sent", 1), ("sent", 1)]
