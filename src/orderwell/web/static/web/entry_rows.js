// The lines of an order being typed: adding, leaving out, moving between cells, showing what the server says of each.
(() => {
  const { $, $$ } = window.Orderwell;
  const E = (window.Orderwell.entry = {});
  E.rows = (form) => {
    const body = $("#entry-rows");
    const blank = $("#entry-row");
    const say = form.dataset;
    const cell = (row, name) => $(`[name=line_${name}]`, row);
    const all = () => [...body.children];
    const write = (element, text) => { if (element.textContent !== text) element.textContent = text; };
    const state = { last: {} };

    const make = ({ sku, name = "", quantity = "1", unit_price = "", note = "" }) => {
      const row = blank.content.firstElementChild.cloneNode(true);
      cell(row, "sku").value = sku;
      cell(row, "name").value = name;
      cell(row, "quantity").value = quantity;
      cell(row, "unit_price").value = say.mayPrice === "yes" ? unit_price : "";
      write($("[data-sku]", row), sku);
      write($("[data-name]", row), name);
      write($("[data-note]", row), note);
      return row;
    };
    // The same product twice, one by one as a scanner does it, counts up the line that is there.
    const add = (line) => {
      const same = all().find((row) => cell(row, "sku").value === line.sku && !cell(row, "unit_price").value && !cell(row, "discount").value);
      if (same) {
        const field = cell(same, "quantity");
        const sum = Number(field.value || 0) + Number(line.quantity || 1);
        if (Number.isFinite(sum)) { field.value = String(Number(sum.toFixed(4))); return same; }
      }
      const row = make(line);
      body.append(row);
      return row;
    };
    const addMany = (lines) => { const rows = lines.map(make); body.append(...rows); return rows; };
    const remove = (row) => {
      const next = row.nextElementSibling || row.previousElementSibling;
      row.remove();
      E.changed();
      if (next) { cell(next, "quantity").focus(); cell(next, "quantity").select(); } else E.focusAdder();
    };

    // --- Keys -----------------------------------------------------------------------------------------------------
    let typed = { text: "", before: "" };
    body.addEventListener("focusin", (event) => { typed = { text: "", before: event.target.value }; });
    body.addEventListener("click", (event) => { const button = event.target.closest("[data-remove]"); if (button) remove(button.closest("tr")); });
    body.addEventListener("keydown", (event) => {
      const row = event.target.closest(".entry-row");
      if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
      const field = event.target;
      if (event.key.length === 1) typed.text += event.key;
      if (event.key === "Enter") {
        event.preventDefault();
        if (field.name === "line_sku") { field.dispatchEvent(new Event("change", { bubbles: true })); return; }
        // Eight digits or letters in one go are the code of a scanner, never a quantity.
        if (field.name === "line_quantity" && /^[0-9A-Za-z-]{8,}$/.test(typed.text)) {
          field.value = typed.before || "1";
          E.scanned(typed.text);
          typed.text = "";
          return;
        }
        const wrong = all().find((item) => item.classList.contains("entry-wrong"));
        if (field.classList.contains("is-invalid") && wrong && wrong !== row) cell(wrong, "sku").focus(); else E.focusAdder();
      }
      const next = event.key === "ArrowDown" ? row.nextElementSibling : event.key === "ArrowUp" ? row.previousElementSibling : null;
      if (next) { event.preventDefault(); const other = cell(next, field.name?.replace("line_", "") || "quantity"); other?.focus(); other?.select(); }
      if (event.key === "Delete" && event.shiftKey) { event.preventDefault(); remove(row); }
    });
    // A product that was not understood is put right where it stands.
    body.addEventListener("change", (event) => {
      if (event.target.name !== "line_sku" || !event.target.value.trim()) return;
      const row = event.target.closest(".entry-row");
      E.ask("pasted", { text: event.target.value.trim(), exact: "1" }).then(({ rows: [found] }) => {
        if (!found) return;
        cell(row, "sku").value = found.sku;
        cell(row, "name").value = found.name;
        write($("[data-sku]", row), found.sku);
        write($("[data-name]", row), found.name);
        write($("[data-note]", row), found.note);
        E.changed();
        if (found.name) { cell(row, "quantity").focus(); cell(row, "quantity").select(); }
      });
    });

    // --- What the server says -------------------------------------------------------------------------------------
    const show = (known) => {
      all().filter((row) => cell(row, "sku").value || cell(row, "quantity").value).forEach((row, index) => {
        const told = known[index];
        if (!told || told.sku !== cell(row, "sku").value.trim()) return;
        write($("[data-amount]", row), told.amount || "");
        write($("[data-why]", row), told.why || "");
        write($("[data-date]", row), told.date || "");
        const free = $("[data-free]", row);
        write(free, told.missing ? `· ${say.textMissing} ${told.missing}${told.free ? ` · ${told.free} ${say.textFree}` : ""}` : told.free ? `· ${told.free} ${say.textFree}` : "");
        free.classList.toggle("text-bad", Boolean(told.missing));
        $("[data-date]", row).classList.toggle("text-bad", Boolean(told.missing));
        if (told.name && told.amount !== undefined) { write($("[data-name]", row), told.name); cell(row, "name").value = told.name; }
        cell(row, "unit_price").placeholder = told.unit_price || "";
        ["sku", "quantity", "unit_price", "discount"].forEach((name) => {
          const text = told.errors[name] || "";
          write($(`[data-error=${name}]`, row), text);
          const field = cell(row, name);
          field.classList.toggle("is-invalid", Boolean(text));
          field.setAttribute("aria-invalid", text ? "true" : "false");
        });
        row.classList.toggle("entry-wrong", Boolean(told.errors.sku));
      });
    };
    const showLast = (sales) => {
      Object.assign(state.last, sales);
      all().forEach((row) => { const sale = state.last[cell(row, "sku").value]; write($("[data-last]", row), sale ? sale.text : ""); });
    };
    const takeLast = (row) => {
      const sale = row && state.last[cell(row, "sku").value];
      if (!sale || say.mayPrice !== "yes") return;
      cell(row, "unit_price").value = sale.price;
      E.changed();
    };
    return { all, add, addMany, cell, make, show, showLast, takeLast, forgetLast: () => { state.last = {}; }, knownLast: (sku) => sku in state.last };
  };
})();
