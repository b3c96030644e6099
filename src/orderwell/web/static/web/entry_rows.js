// The lines of an order being typed: adding, leaving out, moving between cells, showing what the server says of each.
(() => {
  const { $, $$ } = window.Orderwell;
  const E = (window.Orderwell.entry = {});
  E.rows = (form) => {
    const body = $("#entry-rows");
    const blank = $("#entry-row");
    const say = form.dataset;
    const NAMES = ["sku", "name", "quantity", "unit_price", "discount"];
    // A long order asks for the same cells again and again: each is looked for once.
    const known = new WeakMap();
    const find = (row, selector) => {
      let parts = known.get(row);
      if (!parts) known.set(row, (parts = {}));
      return (parts[selector] ||= $(selector, row));
    };
    const cell = (row, name) => find(row, `[name=line_${name}]`);
    const all = () => [...body.children];
    const values = () => all().map((row) => NAMES.map((name) => cell(row, name).value));
    const write = (element, text) => {
      if (element.textContent !== text) element.textContent = text;
    };
    const state = { last: {}, told: new WeakMap() };

    const make = ({ sku, name = "", quantity = "1", unit_price = "", note = "", unclear = "" }) => {
      const row = blank.content.firstElementChild.cloneNode(true);
      cell(row, "sku").value = sku;
      cell(row, "name").value = name;
      cell(row, "quantity").value = quantity;
      cell(row, "unit_price").value = say.mayPrice === "yes" ? unit_price : "";
      write(find(row, "[data-sku]"), sku);
      write(find(row, "[data-name]"), name);
      write(find(row, "[data-note]"), note);
      if (unclear) row.dataset.unclear = unclear;
      return row;
    };
    // The same product twice, one by one as a scanner does it, counts up the line that is there.
    const add = (line) => {
      const same = all().find(
        (row) => cell(row, "sku").value === line.sku && !cell(row, "unit_price").value && !cell(row, "discount").value,
      );
      if (same) {
        const field = cell(same, "quantity");
        const sum = Number(field.value || 0) + Number(line.quantity || 1);
        if (Number.isFinite(sum)) {
          field.value = String(Number(sum.toFixed(4)));
          return same;
        }
      }
      const row = make(line);
      body.append(row);
      return row;
    };
    const addMany = (lines) => {
      const rows = lines.map(make);
      body.append(...rows);
      return rows;
    };
    const remove = (row) => {
      const next = row.nextElementSibling || row.previousElementSibling;
      row.remove();
      E.changed();
      if (next) {
        cell(next, "quantity").focus();
        cell(next, "quantity").select();
      } else E.focusAdder();
    };

    // --- Keys -----------------------------------------------------------------------------------------------------
    let typed = { text: "", before: "" };
    body.addEventListener("focusin", (event) => {
      typed = { text: "", before: event.target.value };
    });
    body.addEventListener("input", (event) => {
      const row = event.target.closest("[data-unclear]");
      if (!row || event.target.name !== "line_quantity") return;
      delete row.dataset.unclear;
      write(find(row, "[data-note]"), "");
    });
    body.addEventListener("click", (event) => {
      const button = event.target.closest("[data-remove]");
      if (button) remove(button.closest("tr"));
    });
    body.addEventListener("keydown", (event) => {
      const row = event.target.closest(".entry-row");
      if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
      const field = event.target;
      if (event.key.length === 1) typed.text += event.key;
      if (event.key === "Enter") {
        event.preventDefault();
        if (field.name === "line_sku") {
          field.dispatchEvent(new Event("change", { bubbles: true }));
          return;
        }
        // Eight digits or letters in one go are the code of a scanner, never a quantity.
        if (field.name === "line_quantity" && /^[0-9A-Za-z-]{8,}$/.test(typed.text)) {
          field.value = typed.before || "1";
          E.scanned(typed.text);
          typed.text = "";
          return;
        }
        const wrong = all().find((item) => item.classList.contains("entry-wrong"));
        if (field.classList.contains("is-invalid") && wrong && wrong !== row) cell(wrong, "sku").focus();
        else E.focusAdder();
      }
      const next =
        event.key === "ArrowDown"
          ? row.nextElementSibling
          : event.key === "ArrowUp"
            ? row.previousElementSibling
            : null;
      if (next) {
        event.preventDefault();
        const other = cell(next, field.name?.replace("line_", "") || "quantity");
        other?.focus();
        other?.select();
      }
      if (event.key === "Delete" && event.shiftKey) {
        event.preventDefault();
        remove(row);
      }
    });
    // A product that was not understood is put right where it stands.
    body.addEventListener("change", (event) => {
      if (event.target.name !== "line_sku" || !event.target.value.trim()) return;
      const row = event.target.closest(".entry-row");
      E.ask("pasted", { text: event.target.value.trim(), exact: "1" }).then(({ rows: [found] }) => {
        if (!found) return;
        cell(row, "sku").value = found.sku;
        cell(row, "name").value = found.name;
        state.told.delete(row);
        write(find(row, "[data-sku]"), found.sku);
        write(find(row, "[data-name]"), found.name);
        write(find(row, "[data-note]"), found.note);
        E.changed();
        if (found.name) {
          cell(row, "quantity").focus();
          cell(row, "quantity").select();
        }
      });
    });

    // --- What the server says -------------------------------------------------------------------------------------
    const show = (answers) => {
      let renamed = false;
      all()
        .filter((row) => cell(row, "sku").value || cell(row, "quantity").value)
        .forEach((row, index) => {
          const told = answers[index];
          if (!told || told.sku !== cell(row, "sku").value.trim()) return;
          // Of a thousand lines one is another than before: the others stay untouched.
          const text = JSON.stringify(told);
          if (state.told.get(row) === text) return;
          state.told.set(row, text);
          write(find(row, "[data-amount]"), told.amount || "");
          write(find(row, "[data-why]"), told.why || "");
          write(find(row, "[data-date]"), told.date || "");
          const free = find(row, "[data-free]");
          write(
            free,
            told.missing
              ? `· ${say.textMissing} ${told.missing}${told.free ? ` · ${told.free} ${say.textFree}` : ""}`
              : told.free
                ? `· ${told.free} ${say.textFree}`
                : "",
          );
          free.classList.toggle("text-bad", Boolean(told.missing));
          find(row, "[data-date]").classList.toggle("text-bad", Boolean(told.missing));
          if (told.name && told.amount !== undefined && cell(row, "name").value !== told.name) {
            write(find(row, "[data-name]"), told.name);
            cell(row, "name").value = told.name;
            renamed = true;
          }
          cell(row, "unit_price").placeholder = told.unit_price || "";
          ["sku", "quantity", "unit_price", "discount"].forEach((name) => {
            const text = told.errors[name] || "";
            write(find(row, `[data-error=${name}]`), text);
            const field = cell(row, name);
            field.classList.toggle("is-invalid", Boolean(text));
            field.setAttribute("aria-invalid", text ? "true" : "false");
          });
          row.classList.toggle("entry-wrong", Boolean(told.errors.sku));
        });
      // Names belong to the draft: kept now, or leaving the page would save them behind the back of the next one.
      if (renamed) E.keep?.();
    };
    // What was asked and never sold is remembered too, or each keystroke would ask again.
    const showLast = (sales, asked) => {
      asked.forEach((sku) => {
        state.last[sku] = sales[sku] || null;
      });
      all().forEach((row) => {
        const sale = state.last[cell(row, "sku").value];
        write(find(row, "[data-last]"), sale ? sale.text : "");
      });
    };
    const takeLast = (row) => {
      const sale = row && state.last[cell(row, "sku").value];
      if (!sale || say.mayPrice !== "yes") return;
      cell(row, "unit_price").value = sale.price;
      E.changed();
    };
    return {
      all,
      values,
      add,
      addMany,
      cell,
      make,
      show,
      showLast,
      takeLast,
      forgetLast: () => {
        state.last = {};
      },
      knownLast: (sku) => sku in state.last,
    };
  };
})();
