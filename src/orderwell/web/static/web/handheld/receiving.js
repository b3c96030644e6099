// Receiving: transfers on their way here, what suppliers announced, and goods that nobody announced.
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
    row,
    day,
    verdict,
    act,
    mine,
    plain,
    units,
    data,
    SCALE,
  } = self.Handheld;
  const { counter } = self.HandheldItems;

  const pending = async (kind, of) =>
    new Set(
      (await mine())
        .filter(
          (entry) =>
            entry.kind === kind &&
            (entry.state === "waiting" || (entry.answered > Date.parse(state.work.at) && entry.state === "done")),
        )
        .map(of),
    );

  const NAMED = 2;
  const goodsOf = (one) => {
    const names = one.lines.slice(0, NAMED).map((line) => line.name);
    return names.join("、") + (one.lines.length > NAMED ? " …" : "");
  };
  const list = async () => {
    const [arrived, received] = [
      await pending("arrive", (entry) => entry.body.transfer),
      await pending("receive", (entry) => entry.body.reference),
    ];
    const rows = [
      ...state.work.transfers
        .filter((one) => !arrived.has(one.id))
        .map((one) =>
          row(
            `#/receive/transfer/${one.id}`,
            t("transfer", one.number, one.from),
            [goodsOf(one), t("lines", one.lines.length)].join(" · "),
          ),
        ),
      ...state.work.receipts
        .filter((one) => !received.has(one.reference))
        .map((one) =>
          row(
            `#/receive/announced/${encodeURIComponent(one.reference)}`,
            t("announced", one.reference),
            [one.supplier, goodsOf(one), t("lines", one.lines.length), t("expected", day(one.due))]
              .filter(Boolean)
              .join(" · "),
            one.due && new Date(one.due) < new Date()
              ? el("span", { class: "badge badge-state look-warn" }, t("late"))
              : null,
          ),
        ),
      row("#/receive/free", t("free"), ""),
    ];
    const off = self.OrderwellScan.on((code) => {
      const transfer = state.work.transfers.find((one) => one.number.toLowerCase() === code.toLowerCase());
      const receipt = state.work.receipts.find((one) => one.reference.toLowerCase() === code.toLowerCase());
      if (transfer) go(`#/receive/transfer/${transfer.id}`);
      else if (receipt) go(`#/receive/announced/${encodeURIComponent(receipt.reference)}`);
      else verdict("bad", t("unknownCode", code));
    });
    return {
      title: t("receive"),
      back: "#/",
      stop: off,
      content: [scanBox("hh-scan", t("scan")), el("div", { class: "hh-rows" }, rows)],
    };
  };

  // One document with its lines: scanned, then written down in one action.
  const document_ = async ({ name, title, lines, kind, body }) => {
    const kept = await progress(name);
    const items = counter({ lines, kept, save: () => saveProgress(kept) });
    let pressed = false;
    const done = async () => {
      if (pressed) return;
      if (!items.total()) {
        verdict("bad", t("nothingScanned"));
        return;
      }
      pressed = true;
      await act(kind, body(items), title);
      await dropProgress(name);
      go("#/receive", "done", t("received"));
    };
    const left = el("p", { class: "hh-left" });
    items.changed = () => {
      left.textContent = items.open() ? t("stillOpen", items.open()) : t("complete");
    };
    items.changed();
    return {
      title,
      back: "#/receive",
      stop: self.OrderwellScan.on(items.scan),
      content: [
        scanBox("hh-scan", t("scan")),
        items.list,
        el(
          "div",
          { class: "hh-foot" },
          left,
          button(t("receiveAll"), "btn-primary btn-lg w-100", done, { icon: "package-import", id: "hh-receive" }),
        ),
      ],
    };
  };
  const transfer = (id) => {
    const found = state.work.transfers.find((one) => one.id === Number(id));
    if (!found) return null;
    return document_({
      name: `transfer:${id}`,
      title: found.number,
      lines: found.lines,
      kind: "arrive",
      body: (items) => ({
        transfer: found.id,
        lines: found.lines
          .filter((line) => items.of(line))
          .map((line) => ({ line: line.line, received: plain(items.of(line)) })),
      }),
    });
  };
  const announced = (reference) => {
    const found = state.work.receipts.find((one) => one.reference === reference);
    if (!found) return null;
    return document_({
      name: `receipt:${reference}`,
      title: reference,
      lines: found.lines,
      kind: "receive",
      body: (items) => ({
        reference,
        lines: found.lines
          .filter((line) => items.of(line))
          .map((line) => ({ code: line.sku, quantity: plain(items.of(line)), expected: line.line })),
      }),
    });
  };

  // Goods that nobody announced: every code is taken; what this device doesn't know, the server knows or refuses by name.
  const free = async () => {
    const kept = await progress("free");
    kept.lines ??= [];
    const known = () =>
      [...state.work.picks, ...state.work.transfers, ...state.work.receipts].flatMap((one) => one.lines);
    const ask = async (code) => {
      const here = known().find((line) => line.sku === code || code in line.codes);
      if (here) return { sku: here.sku, name: here.name, places: here.places, codes: here.codes };
      const found = await data(`/handheld/find/?code=${encodeURIComponent(code)}`).catch(() => null);
      if (!found) return { sku: code, name: t("sending"), places: 0, codes: {} };
      const [goods] = found.goods;
      return goods ? { sku: goods.sku, name: goods.name, places: 0, codes: { [code]: goods.pack || "1" } } : null;
    };
    const reference = el("input", {
      class: "form-control form-control-lg",
      id: "hh-reference",
      maxlength: 80,
      value: kept.reference || "",
      autocomplete: "off",
      onchange: (event) => {
        kept.reference = event.target.value.trim();
        saveProgress(kept);
      },
    });
    const place = el("div");
    let items = null;
    const draw = () => {
      items = counter({ lines: kept.lines, kept, save: () => saveProgress(kept), limited: false });
      place.replaceChildren(items.list);
    };
    draw();
    const take = async (code) => {
      let line = kept.lines.find((one) => one.sku === code || code in one.codes);
      if (!line) {
        const found = await ask(code);
        if (!found) {
          verdict("bad", t("unknownCode", code));
          return;
        }
        line = kept.lines.find((one) => one.sku === found.sku);
        if (line) Object.assign(line.codes, found.codes);
        else kept.lines.push((line = { ...found, line: 0, variant: found.sku, quantity: "0" }));
        draw();
      }
      const key = items.keyOf(line);
      kept.counts[key] = (kept.counts[key] || 0) + units(line.codes[code] ?? 1);
      await saveProgress(kept);
      draw();
      verdict("good", `${line.name} · ${plain(kept.counts[key])}`);
    };
    let pressed = false;
    const done = async () => {
      const lines = kept.lines
        .filter((line) => items.of(line))
        .map((line) => ({ code: line.sku, quantity: plain(items.of(line)) }));
      if (pressed) return;
      if (!lines.length) {
        verdict("bad", t("nothingScanned"));
        return;
      }
      pressed = true;
      await act("receive", { reference: reference.value.trim(), lines }, reference.value.trim() || t("free"));
      await dropProgress("free");
      go("#/receive", "done", t("received"));
    };
    return {
      title: t("free"),
      back: "#/receive",
      stop: self.OrderwellScan.on(take),
      content: [
        scanBox("hh-scan", t("scan")),
        place,
        el(
          "div",
          { class: "hh-fields" },
          el("label", { class: "form-label", for: "hh-reference" }, t("reference")),
          reference,
        ),
        el(
          "div",
          { class: "hh-foot" },
          button(t("receiveAll"), "btn-primary btn-lg w-100", done, { icon: "package-import", id: "hh-receive" }),
        ),
      ],
    };
  };

  screens.receive = async (kind, id) => {
    const made =
      kind === "transfer"
        ? await transfer(id)
        : kind === "announced"
          ? await announced(id)
          : kind === "free"
            ? await free()
            : null;
    return made || (kind ? { title: t("receive"), back: "#/receive", content: [nothing(t("none"))] } : list());
  };
})();
