"""The cache that limits are counted in, at the cost of one trip to Redis for each count."""

import os
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django_redis.cache import RedisCache
from redis import RedisError


class CounterCache(RedisCache):
    """A Redis cache for integers only, each of which is counted by ``add`` followed, if it was there, by ``incr``.

    That is how django-ratelimit counts: two trips for almost every request. Here ``add`` counts as well, and the
    ``incr`` after it gives what it found. Django keeps one cache object for each thread, so nobody comes between.
    """

    _counted: tuple[str, int] | None = None
    _own: tuple[int, Any] | None = None

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None, **_: Any) -> bool:
        """Begin the counter at ``value`` (at least 1), or add ``value`` to it; whether it began."""
        name = self.client.make_key(key, version=version)
        count = self._count(name, value)
        began = bool(count == value)
        lifetime = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        if began and lifetime is not None:
            # Lost with the process, a key stays behind that nobody asks for any more: its name holds its window.
            self.client.get_client(write=True).expire(name, int(lifetime))
        self._counted = None if began else (key, count)
        return began

    def _count(self, name: Any, value: int) -> int:
        """INCRBY over a connection that is this thread's own: taking one from the pool costs as much as the trip."""
        try:
            return self._over_own(name, value)
        except (RedisError, OSError):
            # It was closed while nobody asked. Whether there is a Redis, the pool finds out.
            return int(self.client.get_client(write=True).incrby(name, value))

    def _over_own(self, name: Any, value: int) -> int:
        process = os.getpid()
        if self._own is None or self._own[0] != process:
            pool = self.client.get_client(write=True).connection_pool
            self._own = process, pool.make_connection()
        connection = self._own[1]
        try:
            connection.send_command("INCRBY", str(name), value, check_health=False)
            return int(connection.read_response())
        except BaseException:
            # An answer that was not read would be taken for that of the next command.
            connection.disconnect()
            raise

    def incr(self, key: str, delta: int = 1, version: int | None = None, **kwargs: Any) -> int:
        """What the ``add`` just before has counted; one more when there was none."""
        counted, self._counted = self._counted, None
        if counted is not None and counted[0] == key:
            return counted[1]
        return int(super().incr(key, delta, version=version, **kwargs))
