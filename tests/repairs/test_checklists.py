"""Checklists: laid down once, gone through for an order, kept as they were put."""

from __future__ import annotations

from typing import Any

import pytest

from apps.inventory.models import Branch
from apps.repairs.enums import AnswerKind
from apps.repairs.models import Checklist, ChecklistQuestion, ChecklistTemplate, RepairOrder
from apps.repairs.rules.checklists import is_passed
from apps.repairs.selectors import latest_checklist
from tests.conftest import Api
from tests.factories import CustomerFactory, DeviceModelFactory, UserFactory, member, order
from tests.factories.intake import attached
from tests.racing import race
from tests.repairs.contract import books, events_of, fresh_id, intake_body, named

pytestmark = pytest.mark.django_db(transaction=True)
KINDS = [("yes_no", True), ("text", False), ("number", False), ("photo", False)]


def template(stage: str = "intake", device_type: str = "", **fields: Any) -> tuple[ChecklistTemplate, dict[str, str]]:
    """A checklist with a question of each kind, of which the first must be answered; and the ids by kind."""
    made = ChecklistTemplate.objects.create(
        name=f"{stage} {device_type}", stage=stage, device_type=device_type, **fields
    )
    ids = {}
    for position, (kind, required) in enumerate(KINDS):
        row = ChecklistQuestion.objects.create(
            template=made, position=position, text=f"{kind}?", kind=kind, is_required=required
        )
        ids[kind] = str(row.pk)
    return made, ids


def path(order: RepairOrder) -> str:
    return f"repairs/{order.pk}/checklists"


def test_answers_are_kept_with_the_questions_as_they_were(manager: Api, branch: Branch) -> None:
    made, ids = template()
    taken_in = order(branch)
    picture = attached(taken_in)
    answers = [
        {"questionId": ids["photo"], "attachmentId": str(picture.pk)},
        {"questionId": ids["number"], "number": "81.5"},
        {"questionId": ids["yes_no"], "answer": "not_testable"},
        {"questionId": ids["text"], "text": "scratched"},
    ]

    answer = manager.post(path(taken_in), {"stage": "intake", "answers": answers, "id": fresh_id()})
    ChecklistQuestion.objects.update(text="changed?")

    data = answer.body["data"]
    assert (answer.status_code, data["stage"], data["name"], data["passed"]) == (201, "intake", made.name, None)
    nothing = {"answer": None, "text": None, "number": None, "attachmentId": None}
    rows = [{name: row[name] for name in ("position", "question", "kind", *nothing)} for row in data["answers"]]
    assert rows == [
        {**nothing, "position": 1, "question": "yes_no?", "kind": "yes_no", "answer": "not_testable"},
        {**nothing, "position": 2, "question": "text?", "kind": "text", "text": "scratched"},
        {**nothing, "position": 3, "question": "number?", "kind": "number", "number": "81.500"},
        {**nothing, "position": 4, "question": "photo?", "kind": "photo", "attachmentId": str(picture.pk)},
    ]
    assert manager.get(path(taken_in)).body["data"]["items"] == [data]
    assert events_of(taken_in, "repairs.checklist_done") == [
        {"checklist_id": data["id"], "stage": "intake", "passed": None}
    ]


@pytest.mark.parametrize(("said", "passed"), [("yes", True), ("not_testable", True), ("no", False)])
def test_quality_check_with_a_no_is_not_passed(technician: Api, branch: Branch, said: str, passed: bool) -> None:
    _, ids = template("quality")
    taken_in = order(branch, technician=technician.user)
    body = {"stage": "quality", "answers": [{"questionId": ids["yes_no"], "answer": said}]}

    answer = technician.post(path(taken_in), body)

    assert (answer.status_code, answer.body["data"]["passed"]) == (201, passed)
    found = latest_checklist(taken_in, "quality")
    assert found is not None
    assert (found.passed, latest_checklist(taken_in, "intake")) == (passed, None)


def test_the_last_checklist_of_a_stage_counts(manager: Api, branch: Branch) -> None:
    _, ids = template("quality")
    taken_in = order(branch)
    for said in ("no", "yes"):
        manager.post(path(taken_in), {"stage": "quality", "answers": [{"questionId": ids["yes_no"], "answer": said}]})

    found = latest_checklist(taken_in, "quality")

    assert found is not None
    assert (found.passed, Checklist.objects.count()) == (True, 2)


def test_answers_of_other_kinds_do_not_fail_a_device() -> None:
    assert is_passed([(AnswerKind.TEXT, ""), (AnswerKind.YES_NO, "yes")])
    assert is_passed([])


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([], [("answers", "required")]),
        ([("yes_no", {})], [("answers.0.answer", "required")]),
        ([("yes_no", {"answer": "perhaps"})], [("answers.0.answer", "invalid_choice")]),
        ([("yes_no", {"answer": "yes", "text": "x"})], [("answers.0.text", "invalid")]),
        ([("yes_no", {"answer": "yes"}), ("number", {"text": "7"})],
         [("answers.1.text", "invalid"), ("answers.1.number", "required")]),
        ([("yes_no", {"answer": "yes"}), ("number", {"number": "x"})], [("answers.1.number", "invalid")]),
        ([("yes_no", {"answer": "yes"}), ("photo", {})], [("answers.1.attachmentId", "required")]),
        ([("yes_no", {"answer": "yes"})] * 2, [("answers", "duplicate")]),
        ([("yes_no", {"answer": "yes"}), ("nothing", {"answer": "yes"})], [("answers.1.questionId", "does_not_exist")]),
    ],
    ids=["none", "no answer", "another word", "two answers", "wrong place", "no number", "no photo", "twice", "unknown"],
)  # fmt: skip
def test_answer_that_does_not_fit_is_named(
    manager: Api, branch: Branch, answers: list[tuple[str, dict[str, str]]], expected: list[tuple[str, str]]
) -> None:
    _, ids = template()
    taken_in = order(branch)
    body = [{"questionId": ids.get(kind) or fresh_id(), **said} for kind, said in answers]
    before = books()

    answer = manager.post(path(taken_in), {"stage": "intake", "answers": body})

    assert (answer.status_code, named(answer)) == (400, expected)
    assert (books(), Checklist.objects.count()) == (before, 0)


def test_picture_is_one_of_the_same_order(manager: Api, branch: Branch) -> None:
    _, ids = template()
    elsewhere = attached(order(branch))
    answers = [
        {"questionId": ids["yes_no"], "answer": "yes"},
        {"questionId": ids["photo"], "attachmentId": str(elsewhere.pk)},
    ]

    answer = manager.post(path(order(branch)), {"stage": "intake", "answers": answers})

    assert (answer.status_code, answer.body["code"]) == (400, "FOREIGN_KEY_ERROR")
    assert named(answer) == [("answers.1.attachmentId", "does_not_exist")]


def test_template_is_that_of_the_device_or_the_general_one(manager: Api, branch: Branch) -> None:
    general, _ = template()
    phone, ids = template("intake", "phone")
    template("intake", "laptop", is_active=False)
    quality, _ = template("quality")

    found = {
        query: {row["name"] for row in manager.get(f"checklist-templates?{query}").body["data"]["items"]}
        for query in ("stage=intake", "stage=intake&deviceType=phone", "deviceType=laptop", "deviceType=phone")
    }

    assert found == {
        "stage=intake": {general.name, phone.name},
        "stage=intake&deviceType=phone": {phone.name},
        "deviceType=laptop": {general.name, quality.name},
        "deviceType=phone": {phone.name, quality.name},
    }
    taken_in = order(branch, device_model=DeviceModelFactory(device_type="phone").pk)
    answers = [{"questionId": ids["yes_no"], "answer": "yes"}]
    assert manager.post(path(taken_in), {"stage": "intake", "answers": answers}).status_code == 201
    other = {"stage": "intake", "templateId": str(general.pk), "answers": answers}
    assert named(manager.post(path(taken_in), other)) == [
        ("answers.0.questionId", "does_not_exist"),
        ("answers", "required"),
    ]
    wrong = {"stage": "quality", "templateId": str(phone.pk), "answers": answers}
    assert named(manager.post(path(taken_in), wrong)) == [("templateId", "does_not_exist")]


def test_without_a_checklist_there_is_nothing_to_answer(manager: Api, branch: Branch) -> None:
    answer = manager.post(path(order(branch)), {"stage": "intake", "answers": []})

    assert (answer.status_code, named(answer)) == (400, [("templateId", "required")])


def test_checklist_comes_with_the_intake_or_nothing_does(manager: Api, branch: Branch) -> None:
    _, ids = template()
    good = {"answers": [{"questionId": ids["yes_no"], "answer": "no"}]}

    refused = manager.post("repairs", intake_body(branch, checklist={"answers": []}))
    made = manager.post("repairs", intake_body(branch, checklist=good))

    assert (refused.status_code, named(refused)) == (400, [("checklist.answers", "required")])
    assert (made.status_code, RepairOrder.objects.count(), Checklist.objects.get().stage) == (201, 1, "intake")


def test_who_goes_through_checklists(branch: Branch, other_branch: Branch) -> None:
    _, ids = template()
    technician, owner = member("technician", branch), CustomerFactory(user=UserFactory(role="customer"))
    taken_in = order(branch, technician=technician, customer=owner.pk)
    body = {"stage": "intake", "answers": [{"questionId": ids["yes_no"], "answer": "yes"}]}
    callers = {
        "seller": Api(member("seller", branch)), "technician": Api(technician), "customer": Api(owner.user),
        "another": Api(member("technician", branch)), "elsewhere": Api(member("manager", other_branch)), "nobody": Api(),
    }  # fmt: skip

    written = {who: api.post(path(taken_in), body).status_code for who, api in callers.items()}
    read = {who: api.get(path(taken_in)).status_code for who, api in callers.items()}

    refused = {"customer": 403, "another": 404, "elsewhere": 404, "nobody": 401}
    assert written == {"seller": 201, "technician": 201, **refused}
    assert read == {"seller": 200, "technician": 200, **refused}


def test_two_checklists_at_once_are_both_kept(branch: Branch) -> None:
    _, ids = template()
    taken_in = order(branch)
    body = {"stage": "intake", "answers": [{"questionId": ids["yes_no"], "answer": "yes"}]}
    callers = [Api(member("manager", branch)) for _ in range(2)]

    answers = race(*[lambda api=api: api.post(path(taken_in), body) for api in callers])

    assert [answer.status_code for answer in answers] == [201, 201]
    assert Checklist.objects.count() == 2
