// The service worker: keeps the handheld's page and the files it needs, and has a page for when the server is out of reach.
// Pages come from the network first; no page but the handheld's is ever kept, and no data but what that page itself stores.
const { version, files, handheld, offline } = self.ORDERWELL;
const FILES = `orderwell-files-${version}`;
const PAGES = "orderwell-pages";
const PATIENCE = 5000; // a dead radio often answers nothing at all instead of failing
const known = new Set(files);

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(
    (async () => {
      const cache = await caches.open(FILES);
      await cache.addAll([...files, offline].map((url) => new Request(url, { cache: "reload" })));
      await keepHandheld(await fetch(handheld, { credentials: "same-origin" }).catch(() => null));
    })(),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      const old = (await caches.keys()).filter((name) => name.startsWith("orderwell-files-") && name !== FILES);
      await Promise.all(old.map((name) => caches.delete(name)));
      await self.registration.navigationPreload?.enable();
      await self.clients.claim();
    })(),
  );
});

// The page of somebody who is signed in, and nothing that it was redirected to.
const keepHandheld = async (answer) => {
  if (!answer || answer.status !== 200 || answer.redirected) return;
  await (await caches.open(PAGES)).put(handheld, answer.clone());
};
const forget = async () => {
  await caches.delete(PAGES);
  await self.OrderwellStore.forget();
};

const patient = (promise) =>
  Promise.race([promise, new Promise((_, reject) => setTimeout(() => reject(new Error("slow")), PATIENCE))]);
const page = async (event) => {
  const isHandheld = new URL(event.request.url).pathname === handheld;
  const kept = isHandheld ? await (await caches.open(PAGES)).match(handheld) : undefined;
  try {
    const asked = Promise.resolve(event.preloadResponse).then((early) => early || fetch(event.request));
    const answer = await (kept ? patient(asked) : asked);
    if (isHandheld) event.waitUntil(keepHandheld(answer.clone()));
    return answer;
  } catch (error) {
    const page = kept || (await caches.match(offline));
    if (page) return page;
    throw error;
  }
};
const file = async (request) => (await caches.match(request)) || fetch(request);

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method === "POST" && url.pathname === "/sign-out/") {
    event.waitUntil(forget());
    return;
  }
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (known.has(url.pathname + url.search)) event.respondWith(file(request));
});

self.addEventListener("sync", (event) => {
  if (event.tag === "orderwell-queue") event.waitUntil(self.OrderwellQueue.flush());
});
self.addEventListener("message", (event) => {
  if (event.data === "forget") event.waitUntil(forget());
});
