// Packing and shipping: what is in the parcel, who carries it, under which number. Pressed once, it is on its way.
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
    units,
    plain,
    data,
  } = self.Handheld;
  const { counter, match } = self.HandheldItems;
  const { tasks, toDo, reasons } = self.HandheldPicking;

  const body = (task, items, kept) => ({
    order: task.id,
    picked: task.lines
      .filter((line) => items.of(line))
      .map((line) => ({ line: line.line, variant: line.variant, quantity: plain(items.of(line)) })),
    shorts: task.lines
      .filter((line) => items.isShort(line))
      .map((line) => ({
        line: line.line,
        sku: line.sku,
        wanted: line.quantity,
        found: plain(items.of(line)),
        reason: kept.shorts[items.keyOf(line)],
      })),
    carrier: kept.carrier || "",
    tracking_number: kept.tracking || "",
  });

  screens.pack = async (id) => {
    if (!id) return tasks("pack", "ready");
    const task = (await toDo()).find((one) => one.id === Number(id));
    if (!task) return { title: t("pack"), back: "#/pack", content: [nothing(t("gone"), t("goneMore"))] };
    const kept = await progress(`order:${task.id}`);
    const save = () => saveProgress(kept);
    const items = counter({ lines: task.lines, kept, save, shorts: true, reasons: reasons() });
    const keep = (name) => (event) => {
      kept[name] = event.target.value.trim();
      save();
    };
    kept.carrier ??= localStorage.getItem("handheld:carrier") || "";
    const carrier = el("input", {
      class: "form-control form-control-lg",
      id: "hh-carrier",
      list: "hh-carriers",
      maxlength: 60,
      value: kept.carrier,
      autocomplete: "off",
      onchange: keep("carrier"),
    });
    const tracking = el("input", {
      class: "form-control form-control-lg",
      id: "hh-tracking",
      "data-scan": "type",
      maxlength: 80,
      value: kept.tracking || "",
      autocomplete: "off",
      autocapitalize: "characters",
      onchange: keep("tracking"),
    });
    // Where the parcel goes is asked for when it is packed: names and streets are not kept on the device.
    const address = el("address", { class: "hh-address" }, [task.customer, task.city].filter(Boolean).join(" · "));
    data(`/handheld/orders/${task.id}/`, { quiet: true })
      .then(({ lines }) => address.replaceChildren(...lines.map((line) => el("div", {}, line))))
      .catch(() => address.append(el("div", { class: "sub" }, t("addressLater"))));
    const left = el("p", { class: "hh-left" });
    let pressed = false;
    const ship = async () => {
      if (pressed) return;
      if (items.open()) {
        verdict("bad", t("stillOpen", items.open()));
        return;
      }
      pressed = true;
      if (!(await toDo()).some((one) => one.id === task.id)) {
        go("#/pack", "bad", t("noOrder", task.number));
        return;
      } // another tab was faster
      [kept.carrier, kept.tracking] = [carrier.value.trim(), tracking.value.trim()];
      localStorage.setItem("handheld:carrier", kept.carrier);
      await act("ship", body(task, items, kept), task.number);
      await dropProgress(`order:${task.id}`);
      go("#/pack", "done", t("shipped", task.number));
    };
    const send = button(t("ship"), "btn-primary btn-lg w-100", ship, { icon: "truck-delivery", id: "hh-ship" });
    items.changed = () => {
      left.textContent = items.open() ? t("stillOpen", items.open()) : t("complete");
      send.lastChild.textContent = !items.open() && !items.total() ? t("reportShort") : t("ship");
    };
    items.changed();
    // With all goods in the parcel the next code is that of its label.
    const scan = (code, field) => {
      if (field || (!items.open() && !match(task.lines, code, () => true))) {
        tracking.value = code;
        kept.tracking = code;
        save();
        verdict("good", `${t("tracking")} ${code}`);
      } else items.scan(code);
    };
    return {
      title: `${task.number} · ${t("pack")}`,
      back: "#/pack",
      stop: self.OrderwellScan.on(scan),
      content: [
        el("div", { class: "hh-to" }, el("span", { class: "sub" }, t("shipTo")), address),
        scanBox("hh-scan", t("scan")),
        items.list,
        el(
          "div",
          { class: "hh-fields" },
          el("label", { class: "form-label", for: "hh-carrier" }, t("carrier")),
          carrier,
          el(
            "datalist",
            { id: "hh-carriers" },
            state.work.carriers.map((name) => el("option", { value: name })),
          ),
          el("label", { class: "form-label", for: "hh-tracking" }, t("tracking")),
          el("div", { class: "hh-scan" }, tracking),
        ),
        el("div", { class: "hh-foot" }, left, send),
      ],
    };
  };
})();
