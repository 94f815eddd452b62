# Small, two stages, not root. Build: docker build -t herald .   Run: see compose.yaml.
FROM python:3.13-slim AS build
WORKDIR /src
RUN python -m venv /opt/herald
COPY requirements.lock ./
RUN /opt/herald/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot ./bot
RUN /opt/herald/bin/pip install --no-cache-dir --no-deps --no-build-isolation . \
    && /opt/herald/bin/pip uninstall -y hatchling editables pip

FROM python:3.13-slim
LABEL org.opencontainers.image.title="Herald" \
      org.opencontainers.image.description="A feed notifier for Discord" \
      org.opencontainers.image.licenses="MIT"
RUN useradd --system --uid 10001 --home-dir /home/herald --create-home herald \
    && install -d -o herald /home/herald/data
COPY --from=build /opt/herald /opt/herald
COPY --chown=herald config /home/herald/config
ENV PATH=/opt/herald/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER herald
WORKDIR /home/herald
# The database lives here; everything else can be thrown away.
VOLUME /home/herald/data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/live', timeout=4)"]
# SIGTERM: nothing new is begun, what is being sent is waited for (at most 25 s).
STOPSIGNAL SIGTERM
ENTRYPOINT ["herald"]
CMD ["run"]
