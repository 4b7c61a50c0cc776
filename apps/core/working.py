"""What every job is: work that is tried again, by the policy of its queue, when the database or the network was away."""

import random
from typing import Any

from celery import Task
from django.db import InterfaceError, OperationalError

from apps.core.exceptions import Unavailable
from apps.core.queues import policy_of, queue_of

# Troubles that may be over in a moment. Anything else is a fault, which trying again does not mend.
PASSING = (OperationalError, InterfaceError, ConnectionError, TimeoutError, Unavailable)


class Job(Task):
    """The class of every task. Called as a function, it is one."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return self.run(*args, **kwargs)
        except PASSING as error:
            wait = policy_of(queue_of(self.name)).wait_after(self.request.retries + 1, random.random())
            if wait is None or self.request.called_directly:
                raise
            # The policy has said that there is another try.
            raise self.retry(exc=error, countdown=wait, max_retries=self.request.retries + 1) from error
