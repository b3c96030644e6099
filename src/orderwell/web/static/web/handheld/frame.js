// The frame of the handheld: texts, elements, screens by the address after #, who is signed in, what waits to be sent.
(() => {
  const store = self.OrderwellStore;
  const queue = self.OrderwellQueue;
  const words = JSON.parse(document.getElementById("hh-texts").textContent);
  const $ = (id) => document.getElementById(`hh-${id}`);
  // What counts one thing may have words of its own.
  const t = (name, ...values) => {
    const said = (`${values[0]}` === "1" && words[`${name}_one`]) || (words[name] ?? name);
    return said.replace(/\{(\d)\}/g, (_, index) => values[index]);
  };

  // --- Elements ------------------------------------------------------------------------------------------------------
  const icon = (name) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", `${document.body.dataset.icons}#${name}`);
    svg.append(use);
    return svg;
  };
  const el = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (name === "value") element.value = value;
      else if (value === true) element.setAttribute(name, "");
      else if (value !== false && value !== undefined && value !== null) element.setAttribute(name, value);
    }
    element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
    return element;
  };
  const button = (text, look, run, more = {}) =>
    el(
      "button",
      { type: "button", class: `btn ${look}`, onclick: run, ...more },
      more.icon ? icon(more.icon) : null,
      text,
    );

  // --- Quantities: whole numbers of ten-thousandths, exact as on the server -------------------------------------------
  const SCALE = 10_000;
  // A comma before three digits parts thousands, as in the forms of the other pages; any other is a decimal point.
  const number = (text) => {
    const written = String(text).normalize("NFKC").trim();
    return Number(/^\d{1,3}(,\d{3})+(\.\d*)?$/.test(written) ? written.replaceAll(",", "") : written.replace(",", "."));
  };
  const units = (text) => Math.round(number(text) * SCALE);
  const plain = (value) => String(value / SCALE);

  // --- Who, and with what work ----------------------------------------------------------------------------------------
  const state = { me: null, work: null, online: navigator.onLine, screen: "" };
  const workId = () => `work:${state.me.user}`;
  const chosen = () => localStorage.getItem(`handheld:${state.me?.user ?? ""}:warehouse`) || "";
  // `quiet`: what is good to know but not needed must not stop the work to sign in.
  const data = async (url, { quiet = false } = {}) => {
    const answer = await fetch(url, {
      headers: { "HX-Request": "true", Accept: "application/json" },
      cache: "no-store",
      credentials: "same-origin",
    });
    if (answer.status === 401) {
      if (!quiet) askToSignIn();
      throw new Error("signed out");
    }
    if (answer.status === 204) location.assign(document.body.dataset.home); // a first password is to be replaced
    if (!answer.ok) throw new Error(`${url} ${answer.status}`);
    return answer.json();
  };
  // What waits is sent first: an order that has left must not come back onto the list.
  const refresh = async () => {
    await queue.flush();
    let found;
    try {
      found = await data(`/handheld/work/?warehouse=${encodeURIComponent(chosen())}`);
    } catch (error) {
      setOnline(error.message === "signed out");
      return false;
    }
    setOnline(true);
    if (state.me && state.me.user !== found.user) {
      await store.forget();
      notice("other", t("otherUser"), "warning");
    }
    state.me = { id: "me", user: found.user, username: found.username || "" };
    state.work = { ...found, id: workId() };
    await store.put("session", state.me);
    await store.put("work", state.work);
    notice("signed-out", "");
    return true;
  };
  const choose = async (code) => {
    localStorage.setItem(`handheld:${state.me.user}:warehouse`, code);
    if (!(await refresh())) notice("warehouse", t("needsNetwork"), "warning");
    draw();
  };
  const remember = async () => {
    state.me = (await store.get("session", "me")) || null;
    if (state.me) state.work = (await store.get("work", workId())) || null;
  };

  // --- Progress of a task: kept after every scan, so that a flat battery loses nothing ----------------------------------
  const progressId = (name) => `${state.me.user}:${state.work.warehouse}:${name}`;
  const progress = async (name) =>
    (await store.get("progress", progressId(name))) || { id: progressId(name), counts: {}, shorts: {} };
  const saveProgress = (row) => store.put("progress", { ...row, at: Date.now() });
  const dropProgress = (name) => store.remove("progress", progressId(name));

  // --- Verdict of a scan: a colour, a sign, a word and a sound ---------------------------------------------------------
  const verdict = (kind, text) => {
    const box = $("verdict");
    box.replaceChildren();
    box.className = `hh-verdict hh-${kind}`;
    if (!kind) return;
    const word = { good: "right", done: "right", bad: "wrong" }[kind];
    box.append(icon(kind === "bad" ? "circle-x" : "circle-check"), el("strong", {}, t(word)), el("span", {}, text));
    self.OrderwellScan.feedback(kind);
  };

  const notice = (name, text, look = "info", ...buttons) => {
    const old = document.querySelector(`[data-notice="${name}"]`);
    if (!text) {
      old?.remove();
      return;
    }
    const box = el(
      "div",
      { class: `alert alert-${look}`, "data-notice": name, role: "status" },
      el("span", { class: "flex-fill" }, text),
      ...buttons,
    );
    if (old) old.replaceWith(box);
    else $("notices").append(box);
  };

  // --- The queue, seen from the page -------------------------------------------------------------------------------------
  const mine = async () => (state.me ? store.queued(state.me.user) : []);
  const showState = async () => {
    const rows = await store.queued();
    const waiting = rows.filter((row) => row.state === "waiting" && row.user === state.me?.user).length;
    const refused = rows.filter((row) => row.state === "refused" && row.user === state.me?.user).length;
    const others = rows.filter((row) => row.state === "waiting" && row.user !== state.me?.user).length;
    const box = $("state");
    const reached = state.online && queue.reaches();
    box.className = `btn hh-state ${refused ? "look-bad" : waiting ? "look-warn" : reached ? "look-good" : "look-quiet"}`;
    box.replaceChildren(
      icon(refused ? "alert-triangle" : reached ? "check" : "wifi-off"),
      refused ? `${t("refused")} ${refused}` : waiting ? t("waiting", waiting) : reached ? t("online") : t("offline"),
    );
    box.dataset.waiting = waiting;
    box.dataset.refused = refused;
    notice(
      "refused",
      refused && state.screen !== "queue" ? t("refusedMore", refused) : "",
      "danger",
      el("a", { class: "btn", href: "#/queue" }, t("refused")),
    );
    notice("others", others ? t("othersWait", others) : "", "warning");
  };
  const setOnline = (on) => {
    state.online = on;
    showState();
  };
  // One confirmed action: on the disk first, then to the server.
  const act = async (kind, body, title) => {
    const entry = await queue.add({
      user: state.me.user,
      kind,
      title,
      body: { title, warehouse: state.work.warehouse, ...body },
    });
    queue.flush();
    return entry;
  };

  // --- Signing in again without leaving the page ----------------------------------------------------------------------
  const askToSignIn = () => {
    const dialog = $("sign-in");
    if (dialog.open || (dialog.dataset.later && Date.now() - Number(dialog.dataset.later) < 60_000)) return;
    if (!$("username").value) $("username").value = state.me?.username || "";
    dialog.showModal();
    $($("username").value ? "password" : "username").focus();
  };
  const signIn = async (event) => {
    event.preventDefault();
    const form = event.target;
    const alert = form.querySelector(".alert");
    alert.hidden = true;
    try {
      const { csrf } = await queue.session();
      const answer = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { "X-CSRFToken": csrf, "X-Orderwell-Part": "session" },
      });
      const found = await answer.json();
      if (found.errors) {
        alert.textContent = found.errors.join(" ");
        alert.hidden = false;
        return;
      }
      $("password").value = "";
      $("sign-in").close();
      await refresh();
      draw();
    } catch {
      alert.textContent = t("needsNetwork");
      alert.hidden = false;
    }
  };

  // --- Screens ------------------------------------------------------------------------------------------------------------
  const screens = {};
  let stop = null; // what the screen before has to end: its hold on the scanner
  let drawing = 0;
  const early = []; // codes scanned while a screen is being made: they are the new screen's
  const draw = async () => {
    const [name = "", ...parts] = location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
    const screen = screens[name] || screens[""];
    const turn = ++drawing;
    stop?.();
    stop = null;
    const moved = state.hash !== location.hash;
    [state.hash, state.screen] = [location.hash, name];
    if (moved) {
      verdict(...(refused ? ["bad", refused] : said || ["", ""]));
      refused = "";
    }
    said = null;
    const release = self.OrderwellScan.on((code) => early.push(code));
    let made;
    try {
      made = await screen(...parts);
    } finally {
      release();
    }
    if (turn !== drawing) {
      made.stop?.();
      return;
    } // another screen was asked for meanwhile
    stop = made.stop || null;
    $("title").textContent = made.title;
    document.title = `${made.title} · ${document.documentElement.dataset.product}`;
    const back = $("back");
    back.hidden = made.back === undefined;
    if (made.back !== undefined) back.href = made.back;
    $("screen").replaceChildren(...made.content);
    $("screen").dataset.screen = name;
    self.OrderwellScan.dress($("screen"));
    showState();
    if (moved) scrollTo(0, 0);
    for (const code of early.splice(0)) self.OrderwellScan.take(code);
  };
  let said = null; // the verdict that the next screen begins with
  let refused = ""; // what the server refused: stands until one has moved on once more, whatever was said meanwhile
  const refusal = (text) => {
    refused = text;
    verdict("bad", text);
  };
  const go = (hash, ...words) => {
    said = words.length ? words : null;
    if (location.hash === hash) {
      state.hash = null;
      draw();
    } else location.hash = hash;
  };

  const nothing = (text, more, name = "circle-check") =>
    el(
      "div",
      { class: "empty" },
      el("div", { class: "empty-icon" }, icon(name)),
      el("p", { class: "empty-title" }, text),
      more ? el("p", { class: "empty-subtitle text-secondary" }, more) : null,
    );
  const scanBox = (id, label) =>
    el(
      "form",
      {
        class: "hh-scan",
        onsubmit: (event) => {
          event.preventDefault();
          const field = event.target.querySelector("input");
          const code = field.value;
          field.value = "";
          self.OrderwellScan.take(code);
        },
      },
      el("input", {
        id,
        class: "form-control form-control-lg",
        "data-scan": "submit",
        autocomplete: "off",
        autocapitalize: "none",
        enterkeyhint: "done",
        placeholder: label,
        "aria-label": label,
        maxlength: 120,
      }),
      el("button", { class: "btn btn-lg" }, t("take")),
    );
  const row = (href, title, note, ...more) =>
    el(
      "a",
      { class: "hh-row", href },
      el("span", { class: "hh-row-main" }, el("strong", {}, title), el("span", { class: "sub" }, note)),
      ...more,
      icon("chevron-right"),
    );
  // A day is one of the business, wherever the clock of the device stands.
  const day = (text) =>
    text
      ? new Date(text).toLocaleDateString(document.documentElement.lang, {
          month: "short",
          day: "numeric",
          timeZone: document.body.dataset.zone || undefined,
        })
      : "";
  // A time is the one that the office shows this person; before any work is known, that of the business.
  const time = (text, form = {}) =>
    new Date(text).toLocaleString(document.documentElement.lang, {
      ...form,
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
      timeZone: state.work?.zone || document.body.dataset.zone || undefined,
    });

  self.Handheld = {
    $,
    t,
    el,
    icon,
    button,
    units,
    plain,
    SCALE,
    state,
    data,
    refresh,
    choose,
    remember,
    progress,
    saveProgress,
    dropProgress,
    progressId,
    verdict,
    refusal,
    notice,
    mine,
    showState,
    setOnline,
    act,
    askToSignIn,
    signIn,
    screens,
    draw,
    go,
    nothing,
    scanBox,
    row,
    day,
    time,
  };
})();
