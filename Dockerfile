# The production image: one for web, WebSocket server, worker, beat and migration. docker-compose.yml says how they run.
FROM python:3.11.13-slim-bookworm AS base
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app

FROM base AS build
ENV UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1
RUN pip install --no-cache-dir uv==0.13.9
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev
COPY manage.py ./
COPY config config
COPY apps apps
COPY static static
COPY templates templates
RUN DJANGO_SETTINGS_MODULE=config.settings.build .venv/bin/python manage.py collectstatic --noinput \
    && .venv/bin/python -m compileall -q apps config

FROM base
RUN useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin mendery \
    && install --directory --owner=mendery --group=mendery /data/files /data/beat
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH \
    DJANGO_SETTINGS_MODULE=config.settings.production \
    BIND_ADDRESS=0.0.0.0 \
    PORT=8000
USER mendery
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["python", "config/healthcheck.py", "8000"]
CMD ["python", "-m", "config.web"]
