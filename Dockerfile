# The server in a container: one port, one volume, no root.
#
#   docker build --tag tributary .
#   docker run --init --stop-timeout 30 -p 127.0.0.1:8787:8787 -v tributary:/data tributary
#
# compose.yaml runs it with a PostgreSQL beside it. tests/container performs this file line by line, without Docker.

# Not the slim image: where no binary of better-sqlite3 can be fetched, it is compiled.
FROM node:22-bookworm AS build
WORKDIR /source
# First what the dependencies follow from: they are installed again only when that has changed.
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml .npmrc ./
COPY packages/database/package.json packages/database/
COPY packages/sync/package.json packages/sync/
COPY packages/sync-server/package.json packages/sync-server/
COPY apps/web/package.json apps/web/
COPY scripts scripts
RUN node scripts/container/image.mjs install
COPY tsconfig.base.json ./
COPY packages packages
COPY apps apps
RUN node scripts/container/image.mjs build /app

FROM node:22-bookworm-slim
COPY --from=build /app /app
# A new volume takes its owner from here.
RUN install -d -o 1000 -g 1000 -m 0700 /data
ENV NODE_ENV=production TRIBUTARY_HOST=0.0.0.0 TRIBUTARY_DATA=/data PATH=/app/bin:$PATH
USER 1000:1000
WORKDIR /app
EXPOSE 8787
VOLUME /data
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["node", "/app/healthcheck.mjs"]
ENTRYPOINT ["tributary"]
CMD ["serve"]
