// Picking: the orders that can leave, and one order at a time item by item.
(() => {
  const {
    t,
    el,
    button,
    state,
    screens,
    progress,
    saveProgress,
    go,
    nothing,
    scanBox,
    row,
    day,
    verdict,
    mine,
    units,
    plain,
  } = self.Handheld;
  const { counter } = self.HandheldItems;

  // Orders that wait on this device to be sent have left, as far as anybody here is concerned.
  const toDo = async () => {
    const gone = new Set(
      (await mine())
        .filter(
          (entry) =>
            entry.kind === "ship" &&
            (entry.state === "waiting" || (entry.state === "done" && entry.answered > Date.parse(state.work.at))),
        )
        .map((entry) => entry.body.order),
    );
    return state.work.picks.filter((task) => !gone.has(task.id));
  };
  const reasons = () =>
    Object.fromEntries(["missing", "damaged", "expired", "other"].map((name) => [name, t(`reason:${name}`)]));
  const scannedOrder = (tasks, where) => (code) => {
    const task = tasks.find((one) => one.number.toLowerCase() === code.toLowerCase());
    if (!task) {
      verdict("bad", t("noOrder", code));
      return;
    }
    self.OrderwellScan.feedback("good");
    go(`#/${where}/${task.id}`);
  };
  const stateOf = async (task) => {
    const kept = await progress(`order:${task.id}`);
    const begun = Object.values(kept.counts).some(Boolean) || Object.keys(kept.shorts).length > 0;
    const open = task.lines.some(
      (line) =>
        (kept.counts[`${line.line}:${line.variant}`] || 0) < units(line.quantity) &&
        !kept.shorts[`${line.line}:${line.variant}`],
    );
    return begun ? (open ? "begun" : "ready") : "";
  };
  const listOf = async (where, first) => {
    const tasks = await toDo();
    const states = new Map(await Promise.all(tasks.map(async (task) => [task.id, await stateOf(task)])));
    const rank = (task) => (states.get(task.id) === first ? 0 : states.get(task.id) ? 1 : 2);
    const sorted = [...tasks].sort((a, b) => rank(a) - rank(b));
    const rows = sorted.map((task) => {
      // Metres and pieces can't be added: then the lines alone are counted.
      const alike = new Set(task.lines.map((line) => line.unit)).size < 2;
      const sum = task.lines.reduce((all, line) => all + units(line.quantity), 0);
      const note = [
        task.customer,
        task.city,
        t("lines", task.lines.length),
        alike ? t("units", plain(sum)) : "",
        task.due ? t("due", day(task.due)) : "",
      ]
        .filter(Boolean)
        .join(" · ");
      const mark = states.get(task.id)
        ? el(
            "span",
            { class: `badge badge-state ${states.get(task.id) === "ready" ? "look-good" : "look-busy"}` },
            t(states.get(task.id)),
          )
        : task.late
          ? el("span", { class: "badge badge-state look-bad" }, t("late"))
          : null;
      return row(`#/${where}/${task.id}`, task.number, note, mark);
    });
    const off = self.OrderwellScan.on(scannedOrder(tasks, where));
    return { rows, off };
  };
  const tasks = async (where, first) => {
    const { rows, off } = await listOf(where, first);
    const content = rows.length
      ? [
          el("p", { class: "hh-hint" }, t("scanOrder")),
          scanBox("hh-scan", t("scan")),
          el("div", { class: "hh-rows" }, rows),
        ]
      : [nothing(t("none"), t("noneMore"))];
    return { title: t(where), back: "#/", content, stop: off };
  };

  screens.pick = async (id) => {
    if (!id) return tasks("pick", "begun");
    const task = (await toDo()).find((one) => one.id === Number(id));
    if (!task) return { title: t("pick"), back: "#/pick", content: [nothing(t("gone"), t("goneMore"))] };
    const kept = await progress(`order:${task.id}`);
    const items = counter({
      lines: task.lines,
      kept,
      save: () => saveProgress(kept),
      shorts: true,
      reasons: reasons(),
    });
    const on = button(t("toPacking"), "btn-primary btn-lg w-100", () => go(`#/pack/${task.id}`), { icon: "package" });
    const left = el("p", { class: "hh-left" });
    items.changed = () => {
      left.textContent = items.open() ? t("stillOpen", items.open()) : t("complete");
      on.classList.toggle("btn-primary", !items.open());
    };
    items.changed();
    return {
      title: `${task.number} · ${t("pick")}`,
      back: "#/pick",
      stop: self.OrderwellScan.on(items.scan),
      content: [
        el("p", { class: "hh-hint" }, t("scanItem")),
        scanBox("hh-scan", t("scan")),
        items.list,
        el("div", { class: "hh-foot" }, left, on),
      ],
    };
  };

  self.HandheldPicking = { tasks, toDo, reasons };
})();
