// The first screen, the list of what waits and of what was refused, the scanner's settings; and the beginning of it all.
(() => {
  const {
    $,
    t,
    el,
    icon,
    button,
    state,
    data,
    refresh,
    choose,
    remember,
    notice,
    showState,
    setOnline,
    askToSignIn,
    signIn,
    screens,
    draw,
    nothing,
    act,
    refusal,
    time,
  } = self.Handheld;
  const store = self.OrderwellStore;
  const queue = self.OrderwellQueue;
  const TILES = {
    pick: "package-export",
    pack: "package",
    receive: "package-import",
    count: "clipboard-list",
    look: "search",
    return: "truck-return",
  };

  const numberOf = async (name) => {
    if (name === "pick") return (await self.HandheldPicking.toDo()).length;
    return (
      { receive: state.work.transfers.length + state.work.receipts.length, count: state.work.counts.length }[name] || 0
    );
  };
  screens[""] = async () => {
    const { work } = state;
    if (!work) return { title: t("handheld"), content: [state.online ? nothing(t("noTask")) : nothing(t("needsNetwork"), "", "wifi-off")] };
    const office = () => el("a", { class: "btn", href: document.body.dataset.home }, icon("home"), t("office"));
    if (!work.warehouses.length) {
      const told = nothing(t("noWarehouse"), t("askForWarehouse"), "building-warehouse");
      const setUp = work.set_up
        ? el("a", { class: "btn btn-primary", href: work.set_up }, icon("building-warehouse"), t("setUpWarehouses"))
        : null;
      return { title: t("handheld"), content: [told, el("div", { class: "hh-links" }, setUp, office())] };
    }
    const tiles = await Promise.all(
      work.tasks.map(async (name) => {
        const number = await numberOf(name);
        return el(
          "a",
          { class: "hh-tile", href: `#/${name}` },
          icon(TILES[name]),
          el("span", {}, t(name)),
          number ? el("span", { class: "badge look-busy" }, String(number)) : null,
        );
      }),
    );
    const select = el(
      "select",
      {
        class: "form-select form-select-lg",
        "aria-label": t("warehouse"),
        id: "hh-warehouse",
        onchange: (event) => choose(event.target.value),
      },
      work.warehouses.map((row) => el("option", { value: row.code, selected: row.code === work.warehouse }, row.name)),
    );
    return {
      title: t("handheld"),
      content: [
        el(
          "div",
          { class: "hh-head" },
          select,
          button(
            "",
            "btn-icon btn-lg",
            async () => {
              await refresh();
              // On a slow network somebody may be at a parcel by now; a list is shown anew.
              if (location.hash.split("/").length < 3) draw();
            },
            { icon: "refresh", "aria-label": t("refresh"), title: t("refresh") },
          ),
        ),
        el("nav", { class: "hh-tiles", "aria-label": t("handheld") }, tiles),
        el(
          "p",
          { class: "hh-hint" },
          `${work.name} · ${t("asOf", time(work.at))}`,
        ),
        self.isSecureContext ? null : el("p", { class: "alert alert-warning" }, t("insecure")),
        el(
          "div",
          { class: "hh-links" },
          button(t("install"), "", () => {}, { icon: "device-mobile", "data-install": "", hidden: true }),
          el("a", { class: "btn", href: "#/settings" }, icon("barcode"), t("settings")),
          el("a", { class: "btn", href: document.body.dataset.help }, icon("help"), t("help")),
          office(),
        ),
      ].filter(Boolean),
    };
  };

  // --- What waits, what was refused, what went well ---------------------------------------------------------------------
  const again = async (entry) => {
    await queue.add({ user: entry.user, kind: entry.kind, body: entry.body, title: entry.title });
    await putAway(entry);
  };
  const putAway = async (entry) => {
    await act("settle", { of: entry.key }, entry.title);
    await store.remove("queue", entry.key);
    queue.flush();
    draw();
  };
  const entryRow = (entry) => {
    const at = time(entry.made, { month: "short", day: "numeric" });
    const look = { waiting: "look-warn", refused: "look-bad", done: "look-good" }[entry.state];
    const word = { waiting: t("unsent"), refused: t("refused"), done: t("sent") }[entry.state];
    return el(
      "li",
      { class: "hh-card", "data-state": entry.state, "data-kind": entry.kind },
      el(
        "div",
        { class: "hh-head" },
        el(
          "strong",
          { class: "flex-fill" },
          `${t({ ship: "ship", receive: "receive", arrive: "receive", count: "count", return: "return" }[entry.kind] || "refused")} · ${entry.title}`,
        ),
        el("span", { class: `badge badge-state ${look}` }, word),
      ),
      el("span", { class: "sub" }, at),
      ...(entry.said || []).map((text) => el("p", {}, text)),
      entry.advice ? el("p", { class: "hh-advice" }, icon("info-circle"), entry.advice) : null,
      entry.state === "refused"
        ? el(
            "div",
            { class: "hh-links" },
            button(t("again"), "btn-lg", () => again(entry), { icon: "refresh" }),
            button(t("giveUp"), "btn-lg", () => putAway(entry), { icon: "check" }),
          )
        : null,
    );
  };
  screens.queue = async () => {
    const rows = (await self.Handheld.mine()).filter((entry) => entry.kind !== "settle" || entry.state !== "done");
    const rank = { refused: 0, waiting: 1, done: 2 };
    rows.sort((a, b) => rank[a.state] - rank[b.state] || b.made - a.made);
    const waiting = rows.some((entry) => entry.state === "waiting");
    return {
      title: t("queue"),
      back: "#/",
      content: [
        waiting
          ? el(
              "div",
              { class: "hh-foot" },
              el("p", { class: "hh-left" }, t("sending")),
              button(t("sendNow"), "btn-primary btn-lg w-100", () => queue.flush(), { icon: "send" }),
            )
          : el("p", { class: "hh-hint" }, t("allSent")),
        el("ul", { class: "hh-items" }, rows.map(entryRow)),
      ],
    };
  };

  screens.settings = async () => {
    const prefix = el("input", {
      class: "form-control form-control-lg",
      id: "hh-prefix",
      maxlength: 8,
      value: localStorage.getItem("scan:prefix") || "",
      autocomplete: "off",
    });
    const quiet = el("input", {
      type: "checkbox",
      id: "hh-quiet",
      checked: localStorage.getItem("scan:quiet") === "yes",
    });
    const save = () => {
      localStorage.setItem("scan:prefix", prefix.value);
      localStorage.setItem("scan:quiet", quiet.checked ? "yes" : "no");
      self.OrderwellScan.settings.prefix = prefix.value;
      self.Handheld.verdict("done", t("saved"));
    };
    return {
      title: t("settings"),
      back: "#/",
      content: [
        el(
          "div",
          { class: "hh-fields" },
          el("label", { class: "form-label", for: "hh-prefix" }, t("prefix")),
          prefix,
          el("p", { class: "form-hint" }, t("prefixMore")),
          el("label", { class: "hh-choice", for: "hh-quiet" }, quiet, t("quiet")),
        ),
        el("div", { class: "hh-foot" }, button(t("save"), "btn-primary btn-lg w-100", save)),
      ],
    };
  };

  // --- The beginning ---------------------------------------------------------------------------------------------------------
  queue.on(async (news) => {
    if (news.type === "signed-out") {
      notice(
        "signed-out",
        t("signedOut"),
        "warning",
        button(t("again"), "", () => {
          delete $("sign-in").dataset.later;
          askToSignIn();
        }),
      );
      askToSignIn();
    }
    // Whoever has seen green for it must see that the server doesn't want it, before the parcel is handed over.
    if (news.type === "refused") {
      const entry = await store.get("queue", news.key);
      if (state.screen === "queue" || entry?.user !== state.me?.user) self.OrderwellScan.feedback("bad");
      else refusal(`${entry.title}: ${[...entry.said, entry.advice].filter(Boolean).join(" ")}`);
    }
    if (state.screen === "queue" && news.type !== "reached") draw();
    await showState();
  });
  const begin = async () => {
    $("sign-in").querySelector("form").addEventListener("submit", signIn);
    $("sign-in")
      .querySelector("[data-later]")
      .addEventListener("click", () => {
        $("sign-in").dataset.later = Date.now();
        $("sign-in").close();
      });
    window.addEventListener("hashchange", draw);
    window.addEventListener("online", async () => {
      setOnline(true);
      if ((await refresh()) && !state.screen) draw();
    });
    window.addEventListener("offline", () => setOnline(false));
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) queue.flush();
    });
    document.addEventListener("orderwell:updated", () =>
      notice(
        "updated",
        t("updated"),
        "info",
        button(t("reload"), "", () => location.reload()),
      ),
    );
    try {
      await remember();
    } catch (error) {
      notice("failed", t("failed", error.message), "danger");
    }
    if (state.work) await draw(); // at once, from what the device has; then what the server says
    const fresh = await refresh();
    if (!state.work || (fresh && !state.screen)) await draw();
    // Whoever stays here sees new work without asking, and what waits is tried again.
    setInterval(async () => {
      if (!document.hidden && (await refresh()) && !state.screen) draw();
    }, 60_000);
    navigator.storage?.persist?.();
  };
  begin();
})();
