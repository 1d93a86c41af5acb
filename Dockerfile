# One suite for both stages: a binary built against a newer libc would not start on an older one.
ARG DEBIAN=bookworm

FROM rust:1-slim-${DEBIAN} AS build
WORKDIR /src
COPY . .
# The caches speed up a second build and are no part of the image, so the program is copied out.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked \
    && cp target/release/piebox /usr/local/bin/piebox

FROM debian:${DEBIAN}-slim
COPY --from=build /usr/local/bin/piebox /usr/local/bin/piebox
RUN groupadd --system --gid 10001 piebox \
    && useradd --system --uid 10001 --gid piebox --no-create-home --shell /usr/sbin/nologin piebox \
    && install --directory --owner=piebox --group=piebox /data
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
# Reachable from outside the container, and therefore only with a token for the control API
# (PIEBOX_CONTROL__TOKEN) or with PIEBOX_CONTROL__ALLOW_OPEN=true: one of them must be given.
ENV PIEBOX_LISTEN=0.0.0.0:8080 \
    PIEBOX_DATABASE_URL=sqlite:/data/piebox.db
# Reads the same variables as the server, so give settings by variable and not by flag.
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 \
    CMD ["piebox", "healthcheck"]
ENTRYPOINT ["piebox"]
CMD ["serve"]
