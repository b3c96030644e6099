// Hints: the server hears once which were on the screen and which remedies that open something were pressed.
(() => {
  const { $, $$, onContent } = window.Orderwell;
  const told = new Set();
  const waiting = { shown: [], taken: [] };
  let timer = 0;
  const send = () => {
    clearTimeout(timer);
    const url = $("[data-hints]")?.dataset.hints;
    if (!url || !(waiting.shown.length || waiting.taken.length)) return;
    const body = new URLSearchParams({
      csrfmiddlewaretoken: JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"],
    });
    waiting.shown.splice(0).forEach((key) => body.append("shown", key));
    waiting.taken.splice(0).forEach((key) => body.append("taken", key));
    fetch(url, { method: "POST", body, keepalive: true }).catch(() => {});
  };
  const note = (kind, key) => {
    if (told.has(`${kind} ${key}`)) return;
    told.add(`${kind} ${key}`);
    waiting[kind].push(key);
    clearTimeout(timer);
    timer = setTimeout(send, kind === "shown" ? 1500 : 0);
  };
  const watcher = new IntersectionObserver((entries) =>
    entries.forEach((entry) => {
      if (!entry.isIntersecting) return;
      note("shown", entry.target.dataset.hint);
      watcher.unobserve(entry.target);
    }),
  );
  const watch = (root) => $$("[data-hint]", root).forEach((element) => watcher.observe(element));
  onContent(watch);
  window.Orderwell.hints = { watch, note };
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) send();
  });
  window.addEventListener("pagehide", send);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-hint-taken]");
    if (link) {
      note("taken", link.dataset.hintTaken);
      return;
    }
    if (event.target.closest("[data-hints-focus]")) {
      $(".hint:not([hidden]) .btn")?.focus();
      return;
    }
    const more = event.target.closest("[data-hints-more]");
    if (!more) return;
    const hidden = $$("[data-hint-more]", more.closest(".hints-list"));
    hidden.forEach((element) => {
      element.hidden = false;
    });
    more.closest("li").remove();
    $(".btn", hidden[0])?.focus();
  });
})();
