# The product for servers of your own; docker-compose.yml starts it with PostgreSQL and Valkey.

# ---- browser scripts and styles
FROM node:24-slim AS frontend
WORKDIR /build/frontend
COPY frontend/package.json frontend/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY frontend/ ./
RUN npm run build

# ---- Python packages, with the hashes of the lock file
FROM python:3.13-slim AS packages
COPY requirements.lock /build/
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --require-hashes --requirement /build/requirements.lock

# ---- what runs
FROM python:3.13-slim
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings \
    VAR_DIR=/var/lib/sogdia \
    STATIC_ROOT=/srv/static
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/sogdia sogdia
WORKDIR /srv/sogdia
COPY --from=packages /opt/venv /opt/venv
COPY --from=frontend /build/frontend/dist frontend/dist
COPY --from=frontend /build/frontend/node_modules/@tabler/core/dist frontend/node_modules/@tabler/core/dist
COPY . .
# No secret is baked in: these two only let the settings load while files are collected.
RUN python -m babel.messages.frontend compile --domain django --directory config/locale \
    && SECRET_KEY=build DATABASE_URL=postgresql:///build \
       python manage.py collectstatic --no-input --verbosity 0
USER sogdia
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/livez', timeout=4)"]
# with `python -m` the folder is on the path, where the form of the log lines is found
CMD ["python", "-m", "granian", "config.wsgi:application", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", \
     "--no-ws", "--workers", "2", "--blocking-threads", "4", "--respawn-failed-workers", \
     "--workers-kill-timeout", "10", "--log-config", "config/granian.json"]
