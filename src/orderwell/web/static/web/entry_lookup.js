// Finding customer and product while typing. Enter always takes what the text on the screen means, never an older list.
(() => {
  const { $ } = window.Orderwell;
  const E = window.Orderwell.entry;
  const shared = {
    maxOptions: 20,
    loadThrottle: 90,
    closeAfterSelect: true,
    maxItems: 1,
    searchField: [],
    score: () => () => 1,
    shouldLoad: (query) => query.trim().length > 0,
  };
  const finder = (selector, form, settings, { search, take }) => {
    const said = { text: "", failed: false };
    const none = (data, escape) => {
      const words = said.failed ? document.body.dataset.textOffline : form.dataset.textNone;
      return `<div class="no-results">${escape(words)}</div>`;
    };
    const find = (query) => search(query.trim()).then((found) => found.hits);
    const select = new window.TomSelect(selector, {
      ...shared,
      placeholder: $(selector).dataset.placeholder,
      ...settings,
      load: (query, done) => {
        find(query)
          .then((hits) => {
            if (select.inputValue() === query) {
              select.clearOptions();
              said.text = query;
            }
            said.failed = false;
            done(hits);
          })
          .catch(() => {
            said.failed = true;
            done();
          });
      },
      render: { ...settings.render, no_results: none },
    });
    const described = select.input.getAttribute("aria-describedby");
    if (described) select.control_input.setAttribute("aria-describedby", described);
    // A scanner, or a quick hand, is faster than the list: look the text up, then take the first that fits.
    select.control_input.addEventListener(
      "keydown",
      (event) => {
        const query = select.inputValue();
        if (event.key !== "Enter" || event.ctrlKey || event.metaKey || !query.trim() || said.text === query) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        select.looking = find(query)
          .then((hits) => take(hits[0] || null, query))
          .finally(() => (select.looking = null));
      },
      true,
    );
    return select;
  };

  E.customer = (form) => {
    const select = finder(
      "#id_customer",
      form,
      {
        valueField: "number",
        labelField: "name",
        // For the mouse: by keyboard the customer goes with Backspace, and a stop that cannot be seen is in the way.
        plugins: { clear_button: { title: form.dataset.textClear, tabindex: -1 } },
        render: {
          option: (item, escape) =>
            `<div class="entry-option"><span>${escape(item.name)} <span class="sub">${escape(item.number || "")}</span></span><span class="sub">${escape(item.phone || "")}</span></div>`,
          item: (item, escape) =>
            `<div>${escape(item.name)}&nbsp;<span class="sub">${escape(item.number)}</span></div>`,
        },
        onChange: (number) => {
          E.customerChosen(number);
        },
      },
      {
        search: (q) => E.ask("customers", { q }),
        take: (hit) => {
          if (!hit) return;
          select.addOption(hit);
          select.setTextboxValue("");
          select.addItem(hit.number);
        },
      },
    );
    return select;
  };

  E.adder = (form) => {
    const unknown = $("#entry-unknown");
    let left = ""; // what stood in the field when somebody was told that it isn't on a line
    const taken = (item) => {
      unknown.classList.add("d-none");
      left = "";
      const row = E.lines.add({ sku: item.sku, name: item.name, quantity: item.quantity });
      select.clear(true);
      select.clearOptions();
      select.setTextboxValue("");
      select.close();
      E.changed();
      setTimeout(() => {
        select.control_input.removeAttribute("aria-activedescendant"); // the option it names is gone
        const field = E.lines.cell(row, "quantity");
        field.focus();
        field.select();
        row.scrollIntoView({ block: "nearest" });
      });
    };
    const missed = (query) => {
      unknown.textContent = form.dataset.textUnknown.replace("{code}", query);
      unknown.classList.remove("d-none");
      select.control_input.select();
    };
    const search = (q) =>
      E.ask("products", {
        q,
        channel: form.channel.value,
        customer: form.customer.value,
      });
    const select = finder(
      "#add-product",
      form,
      {
        valueField: "sku",
        labelField: "sku",
        render: {
          option: (item, escape) =>
            `<div class="entry-option"><span>${item.picture ? `<img class="thumb thumb-small me-2" src="${escape(item.picture)}" width="28" height="28" alt="">` : ""}${escape(item.name)} <span class="sub">${escape(item.sku)}${item.packs ? ` · ${escape(item.packs)}` : ""}</span></span><span class="sub text-end">${item.free === null ? "" : `<span class="${item.free === "0" ? "text-bad" : ""}">${escape(item.places || item.free)} ${escape(form.dataset.textFree)}</span> · `}<strong>${escape(item.price)}</strong></span></div>`,
        },
        onItemAdd: (sku) => taken(select.options[sku]),
      },
      { search, take: (hit, query) => (hit ? taken(hit) : missed(query)) },
    );
    E.scanned = (code) => {
      search(code).then(({ hits }) => {
        if (hits[0]) taken(hits[0]);
        else {
          E.focusAdder();
          select.setTextboxValue(code);
          missed(code);
        }
      });
    };
    E.focusAdder = () => select.focus();
    // An order is not sent while something typed is not on a line: what is known becomes one, of the rest it is said, once.
    const tellOf = (query) => {
      left = query;
      missed(query);
      unknown.textContent = form.dataset.textNotALine.replace("{code}", query);
    };
    window.addEventListener(
      "submit",
      (event) => {
        const query = select.inputValue().trim();
        if (event.target !== form || (!select.looking && (!query || query === left))) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        if (select.looking) return;
        search(query).then(
          ({ hits }) => {
            const sure = hits.find((hit) => hits.length === 1 || hit.sku.toLowerCase() === query.toLowerCase());
            if (sure) taken(sure);
            else tellOf(query);
          },
          () => tellOf(query),
        );
      },
      true,
    );
    return select;
  };
})();
