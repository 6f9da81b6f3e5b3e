/**
 * The service worker of the page: with it the page opens without a network, and every model that it has seen. What the
 * network gives comes from there, so that nobody sees an old model; files with a hash in their name never change, and come
 * from the cache. It keeps copies of nothing but the page and its models: predictions of the server are never cached.
 */
const CACHE = 'senn-onnx-1';
const scope = new URL(self.registration.scope);

/** What of the page lies at an address; nothing where it is not the page's. */
function kindOf(url) {
  if (url.origin !== scope.origin || !url.pathname.startsWith(scope.pathname)) return undefined;
  const path = url.pathname.slice(scope.pathname.length);
  if (path.startsWith('assets/')) return 'hashed';
  if (path === '' || path === 'index.html') return 'page';
  const isKept = ['models', 'icon.svg', 'app.webmanifest'].includes(path) || path.startsWith('models/');
  return isKept ? 'file' : undefined;
}

/** The page is the same whatever is asked of it: a model, a shared link. */
const keyOf = (url) => (kindOf(url) === 'page' ? scope.href : url.href);

async function keep(url, response) {
  const cache = await caches.open(CACHE);
  await cache.put(keyOf(url), response);
}

async function fromNetwork(request, url) {
  try {
    const response = await fetch(request);
    if (response.ok) await keep(url, response.clone());
    return response;
  } catch (error) {
    const kept = await caches.match(keyOf(url));
    if (kept !== undefined) return kept;
    throw error;
  }
}

async function fromCache(request, url) {
  return (await caches.match(keyOf(url))) ?? fromNetwork(request, url);
}

/** Fetches what is not there yet, and forgets the files of other builds. @returns how many are there */
async function prepare(addresses) {
  const cache = await caches.open(CACHE);
  const urls = addresses.map((address) => new URL(address, scope)).filter((url) => kindOf(url) !== undefined);
  const kept = await Promise.all(
    urls.map(async (url) => {
      if ((await cache.match(keyOf(url))) !== undefined) return true;
      const asked = kindOf(url) === 'page' ? { headers: { Accept: 'text/html' } } : {}; // at `/` the server has other answers too
      const response = await fetch(url, asked).catch(() => undefined);
      if (!response?.ok) return false;
      await cache.put(keyOf(url), response);
      return true;
    }),
  );
  const wanted = new Set(urls.map(keyOf));
  for (const { url } of await cache.keys()) {
    if (kindOf(new URL(url)) === 'hashed' && !wanted.has(url)) await cache.delete(url);
  }
  return kept.filter(Boolean).length;
}

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => {
  const others = async () => {
    const names = await caches.keys();
    await Promise.all(
      names.filter((name) => name.startsWith('senn-onnx-') && name !== CACHE).map((name) => caches.delete(name)),
    );
    await self.clients.claim();
  };
  event.waitUntil(others());
});
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const kind = request.method === 'GET' ? kindOf(url) : undefined;
  if (kind === undefined) return;
  event.respondWith(kind === 'hashed' ? fromCache(request, url) : fromNetwork(request, url));
});
self.addEventListener('message', (event) => {
  const [port] = event.ports;
  const answer = prepare(event.data).then(
    (count) => port?.postMessage(count),
    (error) => port?.postMessage(String(error)),
  );
  event.waitUntil(answer);
});
