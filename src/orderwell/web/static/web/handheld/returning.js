// Looking things up, and taking goods back: both begin with a code of whatever kind.
(() => {
  const {
    t,
    el,
    button,
    state,
    screens,
    progress,
    saveProgress,
    dropProgress,
    go,
    nothing,
    scanBox,
    verdict,
    act,
    data,
    plain,
  } = self.Handheld;
  const store = self.OrderwellStore;
  const { counter } = self.HandheldItems;

  screens.look = async () => {
    const place = el("div");
    const card = (goods) =>
      el(
        "section",
        { class: "hh-card" },
        el("strong", { class: "hh-sku" }, goods.sku),
        el("p", {}, goods.name),
        goods.pack ? el("p", { class: "sub" }, t("pack1", goods.pack)) : null,
        el(
          "table",
          { class: "table" },
          el(
            "thead",
            {},
            el(
              "tr",
              {},
              ...["warehouse", "onHand", "reserved", "freeStock"].map((name, index) =>
                el("th", { class: index ? "num" : "" }, t(name)),
              ),
            ),
          ),
          el(
            "tbody",
            {},
            goods.stock.map((row) =>
              el(
                "tr",
                {},
                el("td", {}, row.warehouse),
                ...[row.on_hand, row.reserved, row.free].map((value) => el("td", { class: "num" }, value)),
              ),
            ),
          ),
        ),
      );
    const take = async (code) => {
      let found;
      try {
        found = await data(`/handheld/find/?code=${encodeURIComponent(code)}`);
      } catch {
        const known = [...state.work.picks, ...state.work.transfers, ...state.work.receipts]
          .flatMap((one) => one.lines)
          .find((line) => line.sku === code || code in line.codes);
        place.replaceChildren(
          ...(known
            ? [
                el(
                  "section",
                  { class: "hh-card" },
                  el("strong", { class: "hh-sku" }, known.sku),
                  el("p", {}, known.name),
                  el("p", { class: "sub" }, t("needsNetwork")),
                ),
              ]
            : [nothing(t("needsNetwork"), "", "wifi-off")]),
        );
        return;
      }
      if (!found.goods.length && !found.order) {
        verdict("bad", t("unknownCode", code));
        place.replaceChildren();
        return;
      }
      verdict("good", found.goods[0]?.name || `${t("order")} ${found.order.number}`);
      place.replaceChildren(
        ...found.goods.map(card),
        ...(found.order
          ? [
              el(
                "section",
                { class: "hh-card" },
                el("strong", {}, found.order.number),
                el("p", { class: "sub" }, t("lines", found.order.lines.length)),
                el("a", { class: "btn btn-lg", href: `#/return/${found.order.id}` }, t("return")),
              ),
            ]
          : []),
      );
      if (found.order) await keep(found.order);
    };
    return {
      title: t("look"),
      back: "#/",
      stop: self.OrderwellScan.on((code) => {
        take(code);
      }),
      content: [scanBox("hh-scan", t("scan")), place],
    };
  };

  const keyOf = (id) => `return:${state.me.user}:${id}`;
  const keep = (order) => store.put("work", { ...order, id: keyOf(order.id), order: order.id });

  const begin = async () => {
    const take = async (code) => {
      let found;
      try {
        found = (await data(`/handheld/find/?code=${encodeURIComponent(code)}`)).order;
      } catch {
        verdict("bad", t("needsNetwork"));
        return;
      }
      if (!found) {
        verdict("bad", t("unknownCode", code));
        return;
      }
      await keep(found);
      go(`#/return/${found.id}`);
    };
    return {
      title: t("return"),
      back: "#/",
      stop: self.OrderwellScan.on((code) => {
        take(code);
      }),
      content: [el("p", { class: "hh-hint" }, t("returnScan")), scanBox("hh-scan", t("scan"))],
    };
  };

  const one = async (id) => {
    const order = await store.get("work", keyOf(id));
    if (!order) return begin();
    if (!order.lines.length) return { title: order.number, back: "#/return", content: [nothing(t("nothingToReturn"))] };
    const name = `return:${id}`;
    const kept = await progress(name);
    kept.where ??= "restock";
    const items = counter({ lines: order.lines, kept, save: () => saveProgress(kept) });
    const choice = (value) =>
      el(
        "label",
        { class: "hh-choice" },
        el("input", {
          type: "radio",
          name: "where",
          value,
          checked: kept.where === value,
          onchange: () => {
            kept.where = value;
            saveProgress(kept);
          },
        }),
        t(value),
      );
    const reason = el("input", {
      class: "form-control form-control-lg",
      id: "hh-reason",
      maxlength: 240,
      value: kept.reason || "",
      autocomplete: "off",
      onchange: (event) => {
        kept.reason = event.target.value.trim();
        saveProgress(kept);
      },
    });
    let pressed = false;
    const done = async () => {
      if (pressed) return;
      if (!items.total()) {
        verdict("bad", t("nothingScanned"));
        return;
      }
      if (!reason.value.trim()) {
        verdict("bad", t("reason"));
        reason.focus();
        return;
      }
      pressed = true;
      const lines = order.lines
        .filter((line) => items.of(line))
        .map((line) => ({ line: line.line, quantity: plain(items.of(line)), disposition: kept.where }));
      await act("return", { order: order.order, reason: reason.value.trim(), lines }, order.number);
      await dropProgress(name);
      await store.remove("work", keyOf(id));
      go("#/return", "done", t("takenBack"));
    };
    return {
      title: `${order.number} · ${t("return")}`,
      back: "#/return",
      stop: self.OrderwellScan.on(items.scan),
      content: [
        scanBox("hh-scan", t("scan")),
        items.list,
        el(
          "div",
          { class: "hh-fields" },
          el(
            "div",
            { class: "hh-choices", role: "group", "aria-label": t("return") },
            choice("restock"),
            choice("scrap"),
          ),
          el("label", { class: "form-label", for: "hh-reason" }, t("reason")),
          reason,
        ),
        el(
          "div",
          { class: "hh-foot" },
          button(t("takeBack"), "btn-primary btn-lg w-100", done, { icon: "truck-return", id: "hh-take-back" }),
        ),
      ],
    };
  };
  screens.return = (id) => (id ? one(id) : begin());
})();
