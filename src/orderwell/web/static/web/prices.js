// Price lists: rows pasted into the grid, moving between its cells, customers found while typing.
(() => {
  const { $, $$, toast } = window.Orderwell;
  const grid = (form) => {
    const fresh = $("#price-new", form);
    const template = $("#price-row");
    const cell = (row, name) => $(`[name=entry_${name}]`, row);
    const add = () => {
      fresh.append(template.content.cloneNode(true));
      return fresh.lastElementChild;
    };
    const isEmpty = (row) => !cell(row, "sku").value.trim() && !cell(row, "price").value.trim();
    form.addEventListener("paste", (event) => {
      if (event.target.name !== "entry_sku") return;
      const text = event.clipboardData.getData("text");
      if (!/[\t\n]/.test(text.trim())) return;
      event.preventDefault();
      const start = event.target.closest("tr");
      fetch(form.dataset.read, {
        method: "POST",
        body: new URLSearchParams({ text }),
        headers: { "X-CSRFToken": form.csrfmiddlewaretoken.value, "HX-Request": "true" },
      })
        .then((answer) => {
          if (answer.ok) return answer.json();
          throw new Error(answer.status);
        })
        .then(({ rows, said }) => {
          if (said) toast(said);
          let row = start;
          rows.forEach((found) => {
            while (row && row !== start && !isEmpty(row)) row = row.nextElementSibling;
            row = row || add();
            ["sku", "minimum", "price", "name"].forEach((name) => {
              cell(row, name).value = found[name];
            });
            $("[data-name]", row).textContent = found.name;
            row = row.nextElementSibling;
          });
          form.dataset.dirty = "yes";
          cell(fresh.lastElementChild, "price").focus();
        })
        .catch(() => toast(document.body.dataset.textOffline));
    });
    form.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !event.target.matches("table input")) return;
      const step = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const rows = $$("tbody tr.price-row", form);
      const at = rows.indexOf(event.target.closest("tr")) + step;
      const row = rows[at] || (step > 0 ? add() : null);
      const next = row && cell(row, event.target.name.replace("entry_", ""));
      const target = next && next.type !== "hidden" ? next : row && cell(row, "price");
      if (target) {
        target.focus();
        target.select();
      }
    });
  };
  const customers = (place) => {
    const say = place.dataset;
    new window.TomSelect($("select", place), {
      valueField: "number",
      labelField: "name",
      searchField: [],
      score: () => () => 1,
      plugins: ["remove_button"],
      maxOptions: 20,
      placeholder: say.textFind,
      shouldLoad: (query) => query.trim().length > 0,
      load(query, done) {
        fetch(`${say.customers}?${new URLSearchParams({ q: query })}`, { headers: { "HX-Request": "true" } })
          .then((answer) => answer.json())
          .then((found) => {
            this.clearOptions();
            done(found.hits);
          })
          .catch(() => done());
      },
      render: {
        option: (item, escape) =>
          `<div>${escape(item.name)} <span class="sub">${escape(item.number || "")}</span></div>`,
        item: (item, escape) =>
          `<div>${escape(item.name)}&nbsp;<span class="sub">${escape(item.number || item.value || "")}</span></div>`,
        no_results: (data, escape) => `<div class="no-results">${escape(say.textNone)}</div>`,
      },
    });
  };
  const start = () => {
    const form = $("#price-grid");
    if (form) grid(form);
    $$("[data-customers]").forEach(customers);
  };
  document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", start) : start();
})();
