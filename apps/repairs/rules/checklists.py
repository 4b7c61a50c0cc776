"""What an answer to a checklist may be, and when a quality check is passed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from apps.core.exceptions import FieldError, ValidationFailed
from apps.repairs.enums import AnswerKind

YES, NO, NOT_TESTABLE = "yes", "no", "not_testable"
ANSWERS = (YES, NO, NOT_TESTABLE)
# Where the answer to a question of a kind stands.
_PLACE = {
    AnswerKind.YES_NO: "answer", AnswerKind.TEXT: "text", AnswerKind.NUMBER: "number", AnswerKind.PHOTO: "attachment_id",
}  # fmt: skip
_SAID = {"answer": "answer", "text": "text", "number": "number", "attachment_id": "attachmentId"}


@dataclass(frozen=True)
class Question:
    """A question as it is put now."""

    id: UUID
    kind: str
    is_required: bool


@dataclass(frozen=True)
class Answer:
    """What was answered to a question, in the place of its kind; the other places are empty."""

    question_id: UUID
    answer: str = ""
    text: str = ""
    number: Decimal | None = None
    attachment_id: UUID | None = None


def require_answers(questions: Sequence[Question], answers: Sequence[Answer], path: str = "answers") -> None:
    """Raises ``ValidationFailed`` unless each answer fits its question, which is answered once, and none is missing."""
    asked = {question.id: question for question in questions}
    errors = [error for number, answer in enumerate(answers) for error in _errors(asked, answer, f"{path}.{number}.")]
    given = [answer.question_id for answer in answers]
    if len(set(given)) != len(given):
        errors.append(FieldError(path, "duplicate", "A question is answered once."))
    missing = [question for question in questions if question.is_required and question.id not in given]
    if missing:
        errors.append(FieldError(path, "required", f"{len(missing)} questions must be answered as well."))
    if errors:
        raise ValidationFailed(errors[0].message if len(errors) == 1 else f"{len(errors)} answers are wrong.", errors)


def _errors(asked: dict[UUID, Question], answer: Answer, path: str) -> Iterable[FieldError]:
    question = asked.get(answer.question_id)
    if question is None:
        yield FieldError(f"{path}questionId", "does_not_exist", "There is no such question in this checklist.")
        return
    place = _PLACE[AnswerKind(question.kind)]
    for name, said in _SAID.items():
        is_given = getattr(answer, name) not in {"", None}
        if is_given and name != place:
            yield FieldError(f"{path}{said}", "invalid", "This question is answered in another way.")
        elif not is_given and name == place:
            yield FieldError(f"{path}{said}", "required", "This answer is missing.")


def is_passed(answers: Iterable[tuple[str, str]]) -> bool:
    """Whether a device passes a quality check of these (kind, answer): not if any question was answered with no.

    What cannot be tested, a fingerprint sensor of a locked telephone for example, does not keep a device back.
    """
    return all(answer != NO for kind, answer in answers if kind == AnswerKind.YES_NO)
