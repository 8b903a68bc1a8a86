# The blog as one container: docker build -t blog . && docker run -v blog-data:/data -p 127.0.0.1:4321:4321 -e POSTERN_ORIGIN=https://blog.example blog
# Everything that must outlive the container is in /data.
FROM node:22-bookworm-slim
WORKDIR /blog
# git tells the build which commit it is of, so that an older one is never published over a newer.
RUN apt-get update && apt-get install -y --no-install-recommends git ca-certificates && rm -rf /var/lib/apt/lists/* \
  && mkdir /data && chown node:node /data /blog
USER node
COPY --chown=node:node package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund
COPY --chown=node:node . .
ENV NODE_ENV=production POSTERN_DATA=/data HOST=0.0.0.0 PORT=4321
VOLUME /data
EXPOSE 4321
HEALTHCHECK --start-period=60s CMD ["node", "-e", "fetch('http://127.0.0.1:4321/-/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=16", "scripts/run.mjs", "start"]
