// @ts-check
/**
 * Keeps the page of a polling station for when the connection drops: what was loaded is
 * shown again, what is sent goes to the network alone.
 *
 * @module
 */

const CACHE = "isoloir-station";

const worker = /** @type {any} */ (self);

worker.addEventListener("install", () => worker.skipWaiting());
worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(worker.clients.claim()));

worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== location.origin) return;
  event.respondWith(
    fetch(request).then(
      async (answer) => {
        if (answer.ok) (await caches.open(CACHE)).put(request, answer.clone());
        return answer;
      },
      async () => (await caches.match(request, { ignoreSearch: true })) ?? Response.error(),
    ),
  );
});
