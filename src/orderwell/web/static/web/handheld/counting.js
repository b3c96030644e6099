// Counting into an open stock count. One product at a time: scan it as often as it is there, then write it down.
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
    nothing,
    scanBox,
    row,
    verdict,
    act,
    data,
    units,
    plain,
  } = self.Handheld;
  const store = self.OrderwellStore;
  const { match } = self.HandheldItems;

  const fetchCount = async (id) => {
    const key = `count:${state.me.user}:${id}`;
    try {
      const found = { ...(await data(`/handheld/counts/${id}/`)), id: key, count: Number(id) };
      await store.put("work", found);
      return found;
    } catch {
      return store.get("work", key);
    }
  };

  const one = async (id) => {
    const count = await fetchCount(id);
    if (!count || !count.open)
      return { title: t("count"), back: "#/count", content: [count ? nothing(t("none")) : nothing(t("needsNetwork"), "", "wifi-off")] };
    const name = `count:${id}`;
    const kept = await progress(name);
    kept.written ??= {};
    const place = el("div");
    const list = el("ul", { class: "hh-items" });
    const lineOf = (code) => match(count.lines, code, () => true);

    const write = async () => {
      const now = kept.now;
      if (!now) return;
      delete kept.now;
      kept.written[now.sku] = plain(units(kept.written[now.sku] || 0) + now.value);
      await act(
        "count",
        { count: count.count, code: now.sku, quantity: plain(now.value), add: now.add },
        `${count.number} ${now.sku}`,
      );
      await saveProgress(kept);
      verdict("done", t("writtenDown", now.name, plain(now.value)));
      draw();
    };
    const take = async (code) => {
      const found = lineOf(code);
      // A code that isn't on the list may still be right: the count takes what lies there, the server knows what it is.
      const sku = found ? found.line.sku : code;
      if (kept.now && kept.now.sku !== sku) await write();
      kept.now ??= { sku, name: found ? found.line.name : code, value: 0, add: !found?.line.again };
      kept.now.value += found ? found.step : units(1);
      await saveProgress(kept);
      verdict("good", `${kept.now.name} · ${plain(kept.now.value)}`);
      draw();
    };
    const draw = () => {
      const now = kept.now;
      place.replaceChildren(
        ...(now
          ? [
              el(
                "div",
                { class: "hh-now" },
                el("strong", { class: "hh-sku" }, now.sku),
                el("span", {}, now.name),
                el("input", {
                  class: "form-control form-control-lg hh-quantity",
                  id: "hh-counted",
                  inputmode: "decimal",
                  "aria-label": t("quantity"),
                  value: plain(now.value),
                  maxlength: 12,
                  onfocus: (event) => event.target.select(),
                  onchange: (event) => {
                    const value = units(event.target.value);
                    if (Number.isFinite(value) && value >= 0) {
                      now.value = value;
                      saveProgress(kept);
                    } else event.target.value = plain(now.value);
                  },
                }),
                el("span", { class: "badge badge-state look-warn" }, t("notWritten")),
                button(t("writeDown"), "btn-primary btn-lg w-100", write, { icon: "check", id: "hh-write" }),
              ),
            ]
          : []),
      );
      const counted = (line) => kept.written[line.sku] ?? line.counted;
      list.replaceChildren(
        ...[...count.lines]
          .sort((a, b) => (counted(a) !== null) - (counted(b) !== null))
          .slice(0, 300)
          .map((line) =>
            el(
              "li",
              { class: `hh-item${counted(line) !== null ? " hh-full" : ""}`, "data-sku": line.sku },
              el(
                "div",
                { class: "hh-item-text" },
                el("strong", { class: "hh-sku" }, line.sku),
                el("span", {}, line.name),
              ),
              el(
                "div",
                { class: "hh-count" },
                line.again && !(line.sku in kept.written)
                  ? el("span", { class: "badge badge-state look-warn" }, t("countAgain"))
                  : counted(line) !== null
                    ? el("span", { class: "hh-done" }, self.Handheld.icon("circle-check"), String(counted(line)))
                    : null,
                button(
                  t("quantity"),
                  "btn-lg",
                  async () => {
                    if (kept.now && kept.now.sku !== line.sku) await write();
                    kept.now ??= { sku: line.sku, name: line.name, value: 0, add: !line.again };
                    await saveProgress(kept);
                    draw();
                    document.getElementById("hh-counted").focus();
                  },
                  { "aria-label": `${t("quantity")} ${line.sku}` },
                ),
              ),
            ),
          ),
      );
    };
    draw();
    const off = self.OrderwellScan.on((code) => {
      take(code);
    });
    return {
      title: count.number,
      back: "#/count",
      stop: off,
      content: [
        scanBox("hh-scan", t("scan")),
        place,
        el(
          "p",
          { class: "hh-hint" },
          t(
            "countedSoFar",
            count.lines.filter((line) => (kept.written[line.sku] ?? line.counted) !== null).length,
            count.lines.length,
          ),
        ),
        list,
      ],
    };
  };

  screens.count = async (id) => {
    if (id) return one(id);
    const rows = state.work.counts.map((count) => row(`#/count/${count.id}`, count.number, count.note));
    return {
      title: t("count"),
      back: "#/",
      content: rows.length
        ? [el("div", { class: "hh-rows" }, rows)]
        : [
            nothing(t("none"), t("noCount")),
            el(
              "p",
              { class: "text-center" },
              el("a", { class: "btn", href: document.body.dataset.counts }, t("beginCount")),
            ),
          ],
    };
  };
})();
