// Counting goods by scanning them: the part that picking, packing, receiving and taking back have in common.
(() => {
  const { t, el, icon, button, units, plain, SCALE, verdict } = self.Handheld;

  // Which line a code means, and how many units one scan of it is. Where two lines are of the same goods, the first with room.
  const match = (lines, code, room) => {
    const same = (line) => line.sku.toLowerCase() === code.toLowerCase() || code in line.codes;
    const found = lines.filter(same);
    const line = found.find(room) || found[0];
    return line ? { line, step: units(line.codes[code] ?? 1) } : null;
  };
  const keyOf = (line) => `${line.line}:${line.variant}`;

  // `counts` and `shorts` are kept by the caller through `save`; `limited` forbids more than the line asks for.
  const counter = ({ lines, kept, save, limited = true, shorts = false, reasons = {} }) => {
    const of = (line) => kept.counts[keyOf(line)] || 0;
    const wanted = (line) => units(line.quantity);
    const isShort = (line) => Boolean(kept.shorts[keyOf(line)]);
    const open = () => lines.filter((line) => of(line) < wanted(line) && !isShort(line)).length;
    const list = el("ul", { class: "hh-items" });

    const set = async (line, value) => {
      kept.counts[keyOf(line)] = value;
      if (value >= wanted(line)) delete kept.shorts[keyOf(line)];
      await save();
      draw();
    };
    const add = async (line, step) => {
      const now = of(line);
      if (limited && now + step > wanted(line)) {
        verdict("bad", `${line.name} · ${t("tooMany", plain(now), line.quantity)}`);
        return;
      }
      await set(line, now + step);
      verdict(open() ? "good" : "done", t("counted", line.name, plain(now + step), line.quantity));
    };
    const scan = (code) => {
      const found = match(lines, code, (line) => of(line) < wanted(line));
      if (!found) {
        verdict("bad", t("notHere", code));
        return;
      }
      add(found.line, found.step);
    };

    const stepOf = (line) => (line.places ? SCALE / 10 ** line.places : SCALE);
    const wrong = (line, text, value) => {
      if (!Number.isFinite(value) || value < 0) return t("noNumber", text);
      if (limited && value > wanted(line)) return t("tooMany", text, line.quantity);
      return t("tooFine", text, plain(stepOf(line)));
    };
    const quantityField = (line) =>
      el("input", {
        class: "form-control hh-quantity",
        inputmode: "decimal",
        "aria-label": `${t("quantity")} ${line.sku}`,
        value: plain(of(line)),
        maxlength: 12,
        onfocus: (event) => event.target.select(),
        onchange: (event) => {
          const value = units(event.target.value);
          if (!Number.isFinite(value) || value < 0 || value % stepOf(line) || (limited && value > wanted(line))) {
            verdict("bad", `${line.name} · ${wrong(line, event.target.value, value)}`);
            event.target.value = plain(of(line));
            return;
          }
          set(line, value);
        },
      });
    const shortage = (line) => {
      const key = keyOf(line);
      if (isShort(line))
        return el(
          "div",
          { class: "hh-short" },
          el("span", { class: "badge badge-state look-warn" }, `${t("short")}: ${reasons[kept.shorts[key]]}`),
          button(t("notShort"), "btn-sm", async () => {
            delete kept.shorts[key];
            await save();
            draw();
          }),
        );
      if (of(line) >= wanted(line)) return null;
      const choice = el(
        "select",
        {
          class: "form-select",
          "aria-label": `${t("shortWhy")} ${line.sku}`,
          onchange: async (event) => {
            if (!event.target.value) return;
            kept.shorts[key] = event.target.value;
            await save();
            draw();
          },
        },
        el("option", { value: "" }, `${t("short")} …`),
        ...Object.entries(reasons).map(([value, text]) => el("option", { value }, text)),
      );
      return el("div", { class: "hh-short" }, choice);
    };
    const item = (line) => {
      const now = of(line);
      const full = now >= wanted(line) && wanted(line) > 0;
      return el(
        "li",
        { class: `hh-item${full ? " hh-full" : isShort(line) ? " hh-is-short" : ""}`, "data-sku": line.sku },
        el(
          "div",
          { class: "hh-item-text" },
          el("strong", { class: "hh-sku" }, line.sku),
          el("span", {}, line.name),
          line.of ? el("span", { class: "sub" }, t("partOf", line.of)) : null,
        ),
        el(
          "div",
          { class: "hh-count" },
          button("", "btn-icon btn-lg", () => set(line, Math.max(0, now - stepOf(line))), {
            icon: "minus",
            "aria-label": `${t("less")} ${line.sku}`,
            disabled: now === 0,
          }),
          quantityField(line),
          limited ? el("span", { class: "hh-wanted" }, t("of", line.quantity)) : null,
          button(
            "",
            "btn-icon btn-lg",
            () => add(line, Math.min(SCALE, limited ? Math.max(stepOf(line), wanted(line) - now) : SCALE)),
            { icon: "plus", "aria-label": `${t("more")} ${line.sku}`, disabled: limited && full },
          ),
          full && limited ? el("span", { class: "hh-done" }, icon("circle-check"), t("complete")) : null,
        ),
        shorts ? shortage(line) : null,
      );
    };
    const draw = () => {
      const active = document.activeElement?.getAttribute?.("aria-label");
      list.replaceChildren(...lines.map(item));
      if (active) list.querySelector(`[aria-label="${CSS.escape(active)}"]`)?.focus();
      counter.changed?.();
      api.changed?.();
    };
    const total = () => lines.reduce((sum, line) => sum + of(line), 0);
    const api = { list, draw, scan, of, open, total, isShort, keyOf, changed: null };
    draw();
    return api;
  };

  self.HandheldItems = { counter, match, keyOf };
})();
