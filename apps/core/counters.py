"""The cache that limits are counted in, at the cost of one trip to Redis for each count."""

from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django_redis.cache import RedisCache


class CounterCache(RedisCache):
    """A Redis cache for integers only, each of which is counted by ``add`` followed, if it was there, by ``incr``.

    That is how django-ratelimit counts: two trips for almost every request. Here ``add`` counts as well, and the
    ``incr`` after it gives what it found. Django keeps one cache object for each thread, so nobody comes between.
    """

    _counted: tuple[str, int] | None = None

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None, **_: Any) -> bool:
        """Begin the counter at ``value`` (at least 1), or add ``value`` to it; whether it began."""
        name = self.client.make_key(key, version=version)
        redis = self.client.get_client(write=True)
        count = int(redis.incrby(name, value))
        began = bool(count == value)
        lifetime = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        if began and lifetime is not None:
            # Lost with the process, a key stays behind that nobody asks for any more: its name holds its window.
            redis.expire(name, int(lifetime))
        self._counted = None if began else (key, count)
        return began

    def incr(self, key: str, delta: int = 1, version: int | None = None, **kwargs: Any) -> int:
        """What the ``add`` just before has counted; one more when there was none."""
        counted, self._counted = self._counted, None
        if counted is not None and counted[0] == key:
            return counted[1]
        return int(super().incr(key, delta, version=version, **kwargs))
