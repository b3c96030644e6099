// Parts of a page that follow what others do. <div id="x" data-live="/address/" data-live-topics="orders order:12">
// While the page is visible, one small request every few seconds asks whether anything changed; then the part with the
// same id is taken out of a fresh copy of the address. Focus, selection, marked row and scroll stay; nothing is touched
// while somebody types in it or has something of it open.
(() => {
  const { $, $$, ready } = window.Orderwell;
  const EVERY = 4000;
  const SLOWEST = 60_000;
  const KEPT = 5_000;
  let pause = EVERY;
  let timer = 0;
  let tag = "";
  let known = null; // topic -> stamp
  let countersTag = "";
  let countersAt = 0;
  let recount = 0;
  const due = new Set();

  const parts = () => $$("[data-live]").filter((part) => part.id);
  const topicsOf = (part) => (part.dataset.liveTopics || "orders").split(/\s+/).filter(Boolean);
  const wanted = () => {
    const found = new Set(parts().flatMap(topicsOf));
    if ($("[data-counter]")) {
      found.add("orders");
      found.add("cases");
    }
    return [...found].sort();
  };

  const typing = (part) => {
    const active = document.activeElement;
    const field =
      active &&
      part.contains(active) &&
      active.matches("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
    const chosen = getSelection();
    const marking = chosen && !chosen.isCollapsed && part.contains(chosen.anchorNode);
    return (
      field ||
      marking ||
      $(".dropdown-menu.show, .ts-dropdown-content:not(:empty)", part) ||
      part.dataset.liveRests !== undefined
    );
  };
  const nameOf = (element) => {
    if (element.id) return `#${CSS.escape(element.id)}`;
    const row = element.closest("tr[data-href], [data-row], li");
    const own = element.getAttribute("href")
      ? `[href="${CSS.escape(element.getAttribute("href"))}"]`
      : element.name
        ? `[name="${CSS.escape(element.name)}"]${element.value ? `[value="${CSS.escape(element.value)}"]` : ""}`
        : "";
    const place = row?.dataset.href ? `[data-href="${CSS.escape(row.dataset.href)}"] ` : "";
    return own ? place + own : row?.dataset.href && element === row ? place.trim() : "";
  };
  const swap = (part, fresh) => {
    if (part.innerHTML === fresh.innerHTML) return;
    const active = part.contains(document.activeElement) ? nameOf(document.activeElement) : "";
    const checked = $$("input[type=checkbox]:checked, input[type=radio]:checked", part).map(nameOf).filter(Boolean);
    const marked = $("tr.row-marked", part)?.dataset.href;
    const open = $$("details[open][id]", part).map((element) => element.id);
    const scrolled = [part, ...$$(".card-table-scroll", part)].map((element) => [
      element.scrollLeft,
      element.scrollTop,
    ]);
    part.innerHTML = fresh.innerHTML;
    checked.forEach((name) => {
      const box = part.querySelector(name);
      if (box) box.checked = true;
    });
    open.forEach((id) => {
      const element = document.getElementById(id);
      if (element) element.open = true;
    });
    const row = marked && $(`tr[data-href="${CSS.escape(marked)}"]`, part);
    if (row) {
      row.classList.add("row-marked");
      row.tabIndex = -1; // the focus may have been on it
    }
    [part, ...$$(".card-table-scroll", part)].forEach((element, at) => {
      if (scrolled[at]) [element.scrollLeft, element.scrollTop] = scrolled[at];
    });
    if (active) part.querySelector(active)?.focus({ preventScroll: true });
    window.htmx.process(part);
    window.Orderwell.setUp(part);
    part.dispatchEvent(new CustomEvent("orderwell:live", { bubbles: true }));
  };
  const addressOf = (part) => new URL(part.dataset.live || location.href, location.href).href;

  const get = (url, headers = {}) =>
    fetch(url, { headers, redirect: "manual", cache: "no-store", credentials: "same-origin" }).then((answer) => {
      if (answer.type === "opaqueredirect" || answer.status === 401) {
        window.Orderwell.askToSignIn?.();
        throw new Error("signed out");
      }
      if (answer.ok || answer.status === 304) window.Orderwell.contact?.();
      return answer;
    });

  const refresh = async () => {
    const ready = [...due].filter((part) => part.isConnected && !typing(part));
    due.forEach((part) => {
      if (!part.isConnected) due.delete(part);
    });
    const pages = new Map();
    ready.forEach((part) => {
      const url = addressOf(part);
      pages.set(url, [...(pages.get(url) || []), part]);
    });
    for (const [url, listed] of pages) {
      const answer = await get(url, { "X-Orderwell-Live": "1" });
      if (!answer.ok) continue;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      listed.forEach((part) => {
        const found = fresh.getElementById(part.id);
        if (!typing(part)) {
          due.delete(part);
          if (found) swap(part, found);
        }
      });
    }
  };
  const count = async () => {
    if (!$("[data-counter]")) return;
    countersAt = Date.now();
    recount = 0;
    const answer = await get(document.body.dataset.liveCounters, countersTag ? { "If-None-Match": countersTag } : {});
    if (answer.status !== 200) return;
    countersTag = answer.headers.get("ETag") || "";
    const counts = await answer.json();
    $$("[data-counter]").forEach((place) => {
      place.textContent = counts[place.dataset.counter] ?? "";
    });
  };
  const look = async () => {
    const topics = wanted();
    if (!topics.length) return;
    const query = new URLSearchParams(topics.map((topic) => ["t", topic]));
    const answer = await get(`${document.body.dataset.liveChanges}?${query}`, tag ? { "If-None-Match": tag } : {});
    if (answer.status === 200) {
      tag = answer.headers.get("ETag") || "";
      const stamps = await answer.json();
      if (known) {
        const changed = topics.filter((topic) => topic in known && known[topic] !== stamps[topic]);
        parts()
          .filter((part) => topicsOf(part).some((topic) => changed.includes(topic)))
          .forEach((part) => due.add(part));
        // The server keeps its numbers for some seconds; asked when those are over, they are sure to be new.
        if (changed.length && !recount) recount = Date.now() + KEPT;
      }
      known = stamps;
    }
    if ((recount && Date.now() >= recount) || Date.now() - countersAt > SLOWEST) await count();
    await refresh();
  };
  const run = () => {
    clearTimeout(timer);
    if (document.hidden || $("#signed-out")?.open) {
      timer = setTimeout(run, EVERY);
      return;
    }
    look()
      .then(
        () => {
          pause = EVERY;
        },
        () => {
          pause = Math.min(pause * 2, SLOWEST);
        },
      )
      .finally(() => {
        timer = setTimeout(run, pause);
      });
  };
  window.Orderwell.lookNow = () => {
    pause = EVERY;
    run();
  };

  ready(() => {
    if (!document.body.dataset.liveChanges) return;
    count().catch(() => {});
    run();
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) window.Orderwell.lookNow();
    });
  });
})();
