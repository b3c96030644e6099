// Typing an order by keyboard alone: customer, product, quantity, product, quantity, Ctrl+Enter.
// Prices, tax, stock and every error come from the server: the same code that places the order.
(() => {
  const { $, $$ } = window.Orderwell;
  const start = () => {
    const form = $("#entry");
    if (!form || !window.TomSelect) return;
    const say = form.dataset;
    const rows = $("#entry-rows");
    const blank = $("#entry-row");
    const ask = (url, params) => fetch(`${url}?${new URLSearchParams(params)}`, { headers: { Accept: "application/json" } }).then((answer) => answer.json());

    // --- Lines ----------------------------------------------------------------------------------------------------
    const cell = (row, name) => $(`[name=line_${name}]`, row);
    const addRow = (sku, name, quantity, price = "", free = null) => {
      const same = $$(".entry-row", rows).find((row) => cell(row, "sku").value === sku && !price);
      if (same && quantity === "1") {
        const field = cell(same, "quantity");
        field.value = String(Number(field.value || 0) + 1);
        return same;
      }
      const row = blank.content.firstElementChild.cloneNode(true);
      cell(row, "sku").value = sku;
      cell(row, "name").value = name;
      cell(row, "quantity").value = quantity;
      cell(row, "unit_price").value = price;
      $("[data-sku]", row).textContent = sku;
      $("[data-name]", row).textContent = name;
      if (free !== null) $("[data-free]", row).textContent = `· ${free} ${say.textFree}`;
      rows.append(row);
      form.dataset.dirty = "yes";
      return row;
    };
    rows.addEventListener("click", (event) => {
      const button = event.target.closest("[data-remove]");
      if (button) { button.closest("tr").remove(); changed(); adder.focus(); }
    });
    rows.addEventListener("keydown", (event) => {
      const row = event.target.closest(".entry-row");
      if (!row || event.ctrlKey || event.metaKey) return;
      if (event.key === "Enter") { event.preventDefault(); adder.focus(); }
      const next = event.key === "ArrowDown" ? row.nextElementSibling : event.key === "ArrowUp" ? row.previousElementSibling : null;
      if (next) { event.preventDefault(); $(`[name=${event.target.name}]`, next)?.focus(); }
      if (event.key === "Delete" && event.shiftKey) { event.preventDefault(); row.remove(); changed(); adder.focus(); }
    });
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target.matches("input") && !event.ctrlKey && !event.metaKey) event.preventDefault();
    });

    // --- Customer and product -------------------------------------------------------------------------------------
    const shared = {
      maxOptions: 20, loadThrottle: 120, closeAfterSelect: true, maxItems: 1,
      searchField: [], score: () => () => 1,
      shouldLoad: (query) => query.length > 0,
    };
    const none = (data, escape) => `<div class="no-results">${escape(say.textNone)}</div>`;
    const customer = new window.TomSelect("#id_customer", {
      ...shared, valueField: "number", labelField: "name", placeholder: $("#id_customer").dataset.placeholder, plugins: ["clear_button"],
      load: (query, done) => { customer.clearOptions(); ask(say.customers, { q: query }).then((found) => done(found.hits)).catch(() => done()); },
      render: {
        option: (item, escape) => `<div>${escape(item.name)} <span class="sub">${escape(item.number || "")} ${escape(item.phone || "")}</span></div>`,
        item: (item, escape) => `<div>${escape(item.name)}&nbsp;<span class="sub">${escape(item.number)}</span></div>`,
        no_results: none,
      },
      onChange: (number) => {
        $("#customer-note").textContent = "";
        if (!number) return;
        ask(say.customer, { number }).then((card) => {
          const notes = [card.owed?.length ? `${say.textOwes} ${card.owed.join(", ")}` : "", card.limit ? `${say.textLimit} ${card.limit}` : "", card.note || ""];
          $("#customer-note").textContent = notes.filter(Boolean).join(" · ");
          Object.entries(card.address || {}).forEach(([name, value]) => { const field = $(`[name=ship_${name}]`, form); if (field) field.value = value || ""; });
          if (card.address) $(".entry-more").open = true;
        });
        changed();
        adder.focus();
      },
    });
    const adder = new window.TomSelect("#add-product", {
      ...shared, valueField: "sku", labelField: "sku", placeholder: $("#add-product").dataset.placeholder,
      load: (query, done) => { adder.clearOptions(); ask(say.products, { q: query, channel: form.channel.value }).then((found) => done(found.hits)).catch(() => done()); },
      render: {
        option: (item, escape) => `<div class="entry-option"><span>${escape(item.name)} <span class="sub">${escape(item.sku)}</span></span><span class="sub">${item.free === null ? "" : `${escape(item.free)} ${escape(say.textFree)} · `}${escape(item.price)}</span></div>`,
        no_results: none,
      },
      onItemAdd: (sku) => {
        const item = adder.options[sku];
        const row = addRow(sku, item.name, item.quantity, "", item.free);
        adder.clear(true);
        adder.clearOptions();
        adder.setTextboxValue("");
        changed();
        setTimeout(() => { const field = cell(row, "quantity"); field.focus(); field.select(); });
      },
    });
    // Rows copied from a spreadsheet: SKU, quantity and perhaps price, separated by tabs (or ; or several spaces).
    adder.control_input.addEventListener("paste", (event) => {
      const text = event.clipboardData.getData("text");
      if (!/[\t\n]/.test(text.trim())) return;
      event.preventDefault();
      text.trim().split(/\r?\n/).map((line) => line.split(/\t|;|\s{2,}/).map((part) => part.trim())).forEach(([sku, quantity, price]) => {
        if (sku) addRow(sku, "", quantity || "1", say.mayPrice === "yes" ? price || "" : "");
      });
      changed();
    });

    // --- Live totals ----------------------------------------------------------------------------------------------
    let waiting, running = 0;
    const changed = () => { clearTimeout(waiting); waiting = setTimeout(preview, 200); };
    const show = (answer) => {
      $$(".entry-row", rows).forEach((row, index) => {
        const known = answer.rows[index];
        if (!known || known.sku !== cell(row, "sku").value) return;
        $("[data-amount]", row).textContent = known.amount;
        if (known.name) { $("[data-name]", row).textContent = known.name; cell(row, "name").value = known.name; }
        cell(row, "unit_price").placeholder = known.unit_price;
        ["sku", "quantity", "unit_price", "discount"].forEach((name) => {
          const text = known.errors[name] || "";
          $(`[data-error=${name}]`, row).textContent = text;
          cell(row, name).classList.toggle("is-invalid", Boolean(text));
        });
        const free = $("[data-free]", row);
        free.classList.toggle("text-bad", Boolean(known.missing));
        if (known.missing) free.textContent = `· ${known.missing} ${say.textMissing}`;
      });
      ["net", "tax", "total"].forEach((name) => { $(`[data-total=${name}]`).textContent = answer.total ? answer.total[name] : "—"; });
      const problems = $("#entry-problems");
      problems.textContent = (answer.errors || []).join(" ");
      problems.classList.toggle("d-none", !problems.textContent);
    };
    const preview = () => {
      const mine = ++running;
      if (!$(".entry-row", rows)) { show({ rows: [], total: null }); return; }
      fetch(say.preview, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } })
        .then((answer) => (answer.ok ? answer.json() : null)).then((answer) => { if (answer && mine === running) show(answer); }).catch(() => {});
    };
    form.addEventListener("input", (event) => { if (/^(line_|shipping|discount)/.test(event.target.name || "")) changed(); });
    form.channel.addEventListener("change", changed);
    if ($(".entry-row", rows)) preview();
    if (!$(".is-invalid", form)) (customer.getValue() ? adder : customer).focus();
  };
  document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", start) : start();
})();
