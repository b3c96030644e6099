// Changing a placed order: every keystroke asks the server what would follow; only what differs is sent.
(() => {
  const { $, $$ } = window.Orderwell;
  const start = () => {
    const form = $("#order-change");
    if (!form) return;
    const panel = $("#change-difference");
    const say = form.dataset;
    let waiting = 0;
    let asked = 0;

    // A cell that stands as it was is nobody's wish: left out, it can't overwrite what somebody else changed.
    const unchanged = () =>
      $$("#change-rows [data-was]", form).filter((field) => field.value.trim() === field.dataset.was);
    const collect = () => {
      const data = new FormData(form);
      unchanged().forEach((field) => data.delete(field.name));
      data.delete("seen");
      return new URLSearchParams(data);
    };
    form.addEventListener("submit", () => {
      const left = unchanged().filter((field) => !field.disabled);
      left.forEach((field) => {
        field.disabled = true;
      });
      setTimeout(
        () =>
          left.forEach((field) => {
            field.disabled = false;
          }),
        300,
      );
    });

    const show = (errors) => {
      $$("[data-error]", form).forEach((place) => {
        place.textContent = errors[place.dataset.error] || "";
      });
      $$("#change-rows [data-was]", form).forEach((field) =>
        field.classList.toggle("is-invalid", Boolean(errors[field.name])),
      );
      $$(".change-new", form).forEach((row, index) => {
        [
          ["q", "new_quantity"],
          ["p", "new_unit_price"],
        ].forEach(([part, name]) => {
          const text = errors[`new-${index}-${part}`] || "";
          $(`[data-error-new=${part}]`, row).textContent = text;
          $(`[name=${name}]`, row).classList.toggle("is-invalid", Boolean(text));
        });
      });
      $$(".form-field [id^=id_]", form).forEach((field) => {
        const text = errors[field.name];
        field.classList.toggle("is-invalid", Boolean(text));
        let place = field.parentElement.querySelector(".invalid-feedback");
        if (text && !place) {
          place = document.createElement("div");
          place.className = "invalid-feedback";
          field.after(place);
        }
        if (place) place.textContent = text || "";
      });
    };
    // The amount in the row of a line is what the change makes of it.
    const before = new Map();
    const follow = () => {
      before.forEach((text, cell) => (cell.textContent = text));
      panel.querySelectorAll("[data-line-amount]").forEach((one) => {
        const cell = document
          .getElementById(`q-${one.dataset.lineAmount}`)
          ?.closest("tr")
          .querySelector("td.hide-narrow");
        if (!cell) return;
        if (!before.has(cell)) before.set(cell, cell.textContent);
        cell.textContent = one.dataset.amount;
      });
    };
    const preview = () => {
      const turn = ++asked;
      panel.classList.add("change-busy");
      fetch(say.preview, {
        method: "POST",
        body: collect(),
        headers: { "X-CSRFToken": form.csrfmiddlewaretoken.value, "HX-Request": "true" },
      })
        .then((answer) => {
          if (answer.ok) return answer.text();
          throw new Error(answer.status);
        })
        .then((text) => {
          if (turn !== asked) return;
          panel.innerHTML = text;
          panel.classList.remove("change-busy");
          follow();
          const errors = $("[data-field-errors]", panel);
          if (errors) show(JSON.parse(errors.dataset.fieldErrors || "{}"));
        })
        .catch(() => {
          if (turn === asked) {
            panel.classList.remove("change-busy");
            $("[name=seen]", panel)?.remove();
          }
        });
    };
    const OWN = /^(csrfmiddlewaretoken|token|draft.*)$/;
    const keep = window.Orderwell.drafting(form, {
      collect: () => ({ typed: [...collect().entries()].filter(([name]) => !OWN.test(name)) }),
      untouched: (state) => !state.touched,
    });
    const changed = () => {
      form.dataset.dirty = "yes";
      keep();
      $("[data-unsaved]", form)?.remove();
      // What was seen is no longer what would happen, nor is an answer that is still on its way.
      asked += 1;
      $("[name=seen]", panel)?.remove();
      clearTimeout(waiting);
      waiting = setTimeout(preview, 300);
    };
    form.addEventListener("input", changed);
    form.addEventListener("change", (event) => {
      if (event.target.matches(".btn-check"))
        event.target.closest("tr").classList.toggle("row-removed", event.target.checked);
      changed();
    });
    form.addEventListener("click", (event) => {
      const drop = event.target.closest("[data-drop-row]");
      if (drop) {
        drop.closest("tr").remove();
        changed();
      }
    });
    form.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || !event.target.matches("table input")) return;
      const step = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const column = event.target.closest("td").cellIndex;
      const rows = $$(".change-table tbody tr", form).filter((row) => !row.hidden);
      const next = rows[rows.indexOf(event.target.closest("tr")) + step];
      const field = next && $("input:not([type=hidden])", next.cells[column]);
      if (field) {
        field.focus();
        field.select();
      } else if (step > 0) adder?.focus();
    });
    $$("[data-filter-rows]", form).forEach((box) =>
      box.addEventListener("input", (event) => {
        event.stopPropagation();
        const wanted = box.value.trim().toLowerCase();
        $$("tr", $(box.dataset.filterRows)).forEach((row) => {
          row.hidden = Boolean(wanted) && !row.cells[0].textContent.toLowerCase().includes(wanted);
        });
      }),
    );

    const ask = (query) =>
      fetch(`${say.products}?${new URLSearchParams({ q: query, channel: say.channel, customer: say.customer })}`, {
        headers: { Accept: "application/json" },
      }).then((answer) => answer.json());
    const adder =
      window.TomSelect &&
      new window.TomSelect("#add-product", {
        maxOptions: 20,
        loadThrottle: 120,
        closeAfterSelect: true,
        maxItems: 1,
        searchField: [],
        score: () => () => 1,
        valueField: "sku",
        labelField: "name",
        placeholder: $("#add-product").dataset.placeholder,
        shouldLoad: (query) => query.length > 0,
        load: (query, done) => {
          adder.clearOptions();
          ask(query)
            .then((found) => done(found.hits))
            .catch(() => done());
        },
        render: {
          option: (hit, escape) =>
            `<div class="entry-option"><span>${escape(hit.name)} <span class="sub">${escape(hit.sku)}</span></span><span class="sub">${escape(hit.price)}${hit.free === null ? "" : ` · ${escape(hit.free)} ${escape(say.textFree)}`}</span></div>`,
          no_results: (data, escape) => `<div class="no-results">${escape(say.textNone)}</div>`,
        },
        onItemAdd: (sku) => {
          const hit = adder.options[sku];
          const row = $("#new-row").content.firstElementChild.cloneNode(true);
          $("[name=new_sku]", row).value = sku;
          $("[name=new_name]", row).value = hit.name;
          $("[name=new_quantity]", row).value = hit.quantity || "1";
          $("[data-sku]", row).textContent = sku;
          $("[data-name]", row).textContent = hit.name;
          if (hit.free !== null) $("[data-free]", row).textContent = `· ${hit.free} ${say.textFree}`;
          $("#new-rows").append(row);
          adder.clear(true);
          adder.clearOptions();
          const quantity = $("[name=new_quantity]", row);
          setTimeout(() => {
            adder.control_input.removeAttribute("aria-activedescendant"); // the option it names is gone
            quantity.focus();
            quantity.select();
          });
          changed();
        },
      });
    // The answer to a change that was sent before it was seen: its rows show what it makes of them.
    if ($("[name=seen]", panel)) {
      follow();
      $("#change-confirm").focus();
    }
    if (
      "carried" in say ||
      $$(".change-new", $("#new-rows")).length ||
      $$(".row-removed", form).length ||
      $$("[data-was]", form).some((field) => field.value.trim() !== field.dataset.was)
    ) {
      if (!$("[name=seen]", panel)) preview();
    }
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
