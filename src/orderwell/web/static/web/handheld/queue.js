// Actions wait here until the server has answered them: each has a key of its own, so that sending it twice does it once.
// The same file runs in pages and in the service worker; a lock sees to it that only one of them sends.
(() => {
  const store = self.OrderwellStore;
  const PAUSES = [3, 6, 15, 30, 60];
  const SLOW = 20_000;
  const listeners = new Set();
  const channel = "BroadcastChannel" in self ? new BroadcastChannel("orderwell-queue") : null;
  let turn = 0;
  let failed = 0;
  let timer = 0;
  let sending = null;
  let again = false;

  const tell = (news) => {
    listeners.forEach((run) => run(news));
    channel?.postMessage(news);
  };
  if (channel) channel.onmessage = (event) => listeners.forEach((run) => run(event.data));

  const newKey = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  };

  const add = async ({ user, kind, body, title, tries = 0 }) => {
    const entry = { key: newKey(), user, kind, body, title, made: Date.now(), turn: turn++, state: "waiting", tries };
    await store.put("queue", entry);
    tell({ type: "changed" });
    if (self.registration === undefined) {
      navigator.serviceWorker?.ready.then((found) => found.sync?.register("orderwell-queue")).catch(() => {});
    }
    return entry;
  };

  const ask = async (url, options = {}) => {
    const stop = new AbortController();
    const watch = setTimeout(() => stop.abort(), SLOW);
    try {
      return await fetch(url, { cache: "no-store", credentials: "same-origin", signal: stop.signal, ...options });
    } finally {
      clearTimeout(watch);
    }
  };
  const session = async () => {
    const answer = await ask("/session/");
    if (!answer.ok) throw new Error(`session ${answer.status}`);
    return answer.json();
  };
  const send = (entry, csrf) =>
    ask("/handheld/act/", {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "X-CSRFToken": csrf,
        "HX-Request": "true",
        "X-Age": String(Math.max(0, Date.now() - entry.made)),
      },
      body: JSON.stringify({ key: entry.key, action: { kind: entry.kind, ...entry.body } }),
    });

  // One entry: "on" when it is answered, "later" when the server failed at it, "stop" when it doesn't know us.
  const settle = async (entry, who) => {
    let answer = await send(entry, who.csrf);
    if (answer.status === 403 && !(answer.headers.get("Content-Type") || "").includes("json")) {
      Object.assign(who, await session()); // the token is from before signing in anew
      if (who.user !== entry.user) return "stop";
      answer = await send(entry, who.csrf);
    }
    // 204: a first password is to be replaced before anything else.
    if (answer.status === 401 || answer.status === 204 || answer.redirected) {
      tell({ type: "signed-out" });
      return "stop";
    }
    if (answer.status === 429) throw new Error("answer 429");
    if (answer.status >= 500) return "later";
    const isOurs = (answer.headers.get("Content-Type") || "").includes("json");
    // Something between us and the server that answers for it (a sign-in page of the network) has not refused anything.
    if (!isOurs && ![400, 413].includes(answer.status)) throw new Error(`answer ${answer.status}`);
    const said = isOurs ? await answer.json() : { state: "refused", sentences: [`HTTP ${answer.status}`] };
    const fresh = await store.get("queue", entry.key);
    if (!fresh) return "on";
    fresh.state = said.state === "refused" ? "refused" : "done";
    Object.assign(fresh, {
      said: said.sentences || [],
      advice: said.advice || "",
      again: said.state === "again",
      answered: Date.now(),
      result: said.result,
    });
    await store.put("queue", fresh);
    tell({ type: fresh.state, key: fresh.key });
    return "on";
  };

  const sendAll = async () => {
    const waiting = async (user) => (await store.queued(user)).filter((row) => row.state === "waiting");
    if (!(await waiting()).length) return;
    const who = await session();
    if (!who.user) {
      tell({ type: "signed-out" });
      return;
    }
    const putOff = new Set(); // what the server fails at must not stand in the way of the rest
    for (;;) {
      const entry = (await waiting(who.user)).find((row) => !putOff.has(row.key));
      if (!entry) break;
      const end = await settle(entry, who);
      if (end === "stop") return;
      if (end === "later") putOff.add(entry.key);
    }
    await store.tidy();
    if (putOff.size) throw new Error(`${putOff.size} put off`);
  };

  const locked = (run) => (navigator.locks ? navigator.locks.request("orderwell-queue", run) : run());
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(flush, PAUSES[Math.min(failed, PAUSES.length) - 1] * 1000);
  };
  // Sends what waits. Called while it runs, it runs once more afterwards, for what came in between.
  const flush = () => {
    if (sending) {
      again = true;
      return sending;
    }
    sending = locked(sendAll)
      .then(
        () => {
          failed = 0;
          tell({ type: "reached" });
        },
        (error) => {
          failed += 1;
          later();
          tell({ type: "unreached", text: String(error) });
        },
      )
      .finally(() => {
        sending = null;
        if (again) {
          again = false;
          flush();
        }
      });
    return sending;
  };

  self.OrderwellQueue = { add, flush, session, on: (run) => listeners.add(run), reaches: () => failed === 0 };
})();
