// Typing an order by keyboard alone: customer, product, quantity, product, quantity, Ctrl+Enter.
// Prices, tax, stock and every error come from the server: the same code that places the order.
(() => {
  const { $, $$ } = window.Orderwell;
  const E = window.Orderwell.entry;
  const PATIENCE = 900;
  const SLOWEST = 30_000; // an answer that takes longer does not come any more
  const start = () => {
    const form = $("#entry");
    if (!form || !window.TomSelect) return;
    const say = form.dataset;
    const json = (answer) => {
      if (!answer.ok) throw new Error(answer.status);
      return answer.json();
    };
    E.ask = (name, params) => {
      const written = ["pasted", "last"].includes(name);
      const values = new URLSearchParams(params);
      if (!written) return fetch(`${say[name]}?${values}`, { headers: { Accept: "application/json" } }).then(json);
      values.set("csrfmiddlewaretoken", form.csrfmiddlewaretoken.value);
      return fetch(say[name], { method: "POST", body: values, headers: { Accept: "application/json" } }).then(json);
    };

    // The lines apart, as one text: five thousand fields take a server and a browser longer than the order itself.
    E.fields = () =>
      Object.fromEntries(
        [...form.elements]
          .filter((field) => field.name && field.type !== "submit" && !/^(line_|base)/.test(field.name))
          .map((field) => [field.name, field.value]),
      );

    // --- Live totals ----------------------------------------------------------------------------------------------
    let waiting,
      running = 0,
      failed = 0;
    const preview = () => {
      const mine = ++running;
      const body = new URLSearchParams({ ...E.fields(), rows: JSON.stringify(E.lines.values()) });
      const signal = AbortSignal.timeout(SLOWEST);
      const shown = fetch(say.preview, { method: "POST", body, signal, headers: { Accept: "application/json" } })
        .then(json)
        .then((answer) => {
          failed = 0;
          if (mine === running) show(answer);
        })
        // Else the totals of what stood here before would stay, and nothing would say so.
        .catch(() => {
          if (mine === running) again(Math.min(1000 * 2 ** failed++, SLOWEST));
        });
      const skus = [...new Set(E.lines.all().map((row) => E.lines.cell(row, "sku").value))].filter(
        (sku) => sku && !E.lines.knownLast(sku),
      );
      if (!form.customer.value || !skus.length) return shown;
      const values = [
        ["customer", form.customer.value],
        ["channel", form.channel.value],
        ...skus.map((sku) => ["sku", sku]),
      ];
      const last = E.ask("last", values)
        .then(({ sales }) => E.lines.showLast(sales, skus))
        .catch(() => {});
      return Promise.all([shown, last]);
    };
    const again = (pause) => {
      clearTimeout(waiting);
      waiting = setTimeout(preview, pause);
    };
    E.changed = () => {
      again(150);
      E.keep?.();
    };
    const show = (answer) => {
      E.lines.show(answer.rows);
      if (answer.basis) $("[data-basis]").textContent = answer.basis === "gross" ? say.textGross : say.textNet;
      ["net", "tax", "total"].forEach((name) => {
        $(`[data-total=${name}]`).textContent = answer.total ? answer.total[name] : "—";
      });
      const count = (text, number) => text.replace("{count}", number);
      const parts = answer.rows.length ? [count(say.textLines, answer.rows.length)] : [];
      if (answer.wrong) parts.push(count(say.textWrong, answer.wrong));
      if (answer.missing) parts.push(count(say.textBackordered, answer.missing));
      $("#entry-count").textContent = parts.join(" · ");
      const problems = $("#entry-problems");
      problems.textContent = (answer.errors || []).join(" ");
      problems.classList.toggle("d-none", !problems.textContent);
      E.showHints(answer.hints || []);
    };

    // --- The customer ---------------------------------------------------------------------------------------------
    const part = (text, level = "") => {
      const span = document.createElement("span");
      span.className = `entry-fact ${level}`;
      span.textContent = text;
      return span;
    };
    const account = (card) => {
      const credit = card.credit;
      const facts = [card.active === false ? part(say.textInactive, "badge-bad") : null, part(card.terms)];
      if (credit) {
        facts.push(part(credit.ahead ? `${say.textAhead} ${credit.ahead}` : `${say.textOwes} ${credit.owed}`));
        if (credit.elsewhere) facts.push(part(`${say.textElsewherePaid} ${credit.elsewhere}`));
        if (credit.overdue) facts.push(part(`${say.textOverdue} ${credit.overdue}`, "badge-bad"));
        if (credit.waiting) facts.push(part(`${credit.waiting} ${say.textWaiting}`));
        if (credit.limit)
          facts.push(
            part(
              credit.passed
                ? `${say.textPassed} ${credit.over} · ${say.textLimit} ${credit.limit}`
                : `${say.textLimit} ${credit.limit} · ${credit.left} ${say.textLeft}`,
              credit.passed ? "badge-bad" : "",
            ),
          );
      }
      (card.wishes || []).forEach((wish) => facts.push(part(wish, "entry-wish")));
      if (card.note) facts.push(part(card.note, "entry-customer-note"));
      $("#entry-account").replaceChildren(...facts.filter(Boolean));
    };
    // What stands in the address because of the customer goes with the customer; what was typed over it stays.
    const addressFields = [...form.elements].filter((field) => /^ship_/.test(field.name));
    const addressNow = () => Object.fromEntries(addressFields.map((field) => [field.name, field.value]));
    let filled = form.customer.value ? addressNow() : {};
    const fill = (address) => {
      addressFields.forEach((field) => {
        const fresh = address[field.name.slice("ship_".length)];
        if (fresh !== undefined) field.value = fresh || "";
        else if (field.value === filled[field.name] && field.name !== "ship_country") field.value = "";
      });
      filled = addressNow();
    };
    let addresses = [];
    const chooser = $("#entry-address");
    const offerAddresses = (card) => {
      addresses = card.addresses || [];
      chooser.replaceChildren(...addresses.map((address, index) => new Option(address.text, index)));
      $("#entry-addresses").classList.toggle("d-none", addresses.length < 2);
      window.Orderwell.sayChosen($("#entry-addresses"));
    };
    chooser.addEventListener("change", () => {
      fill(addresses[chooser.value]);
      E.changed();
    });
    const usual = (number) =>
      E.ask("usual", { number })
        .then(({ products }) => {
          $("#entry-usual").classList.toggle("d-none", !products.length);
          $("#entry-usual-items").replaceChildren(
            ...products.map((item) => {
              const button = document.createElement("button");
              button.type = "button";
              button.className = "btn btn-sm";
              button.textContent = `${item.name} (${item.times})`;
              button.addEventListener("click", () => {
                const row = E.lines.add({ ...item, quantity: "1" });
                E.changed();
                E.lines.cell(row, "quantity").focus();
                E.lines.cell(row, "quantity").select();
              });
              return button;
            }),
          );
        })
        .catch(() => {});
    const known = (number, { refill }) =>
      E.ask("customer", { number })
        .then((card) => {
          if (!card.number || form.customer.value !== card.number) return;
          account(card);
          offerAddresses(card);
          // A new order comes through the channel of the customer's last one, unless something was entered already.
          if (
            refill &&
            card.channel &&
            !E.lines.all().length &&
            [...form.channel.options].some((option) => option.value === card.channel)
          )
            form.channel.value = card.channel;
          if (refill) {
            fill(card.address || {});
            $(".entry-more").open = addresses.length > 0;
          }
        })
        .catch(() => {});
    E.customerChosen = (number) => {
      $("#entry-account").replaceChildren();
      $("#entry-usual").classList.add("d-none");
      E.lines.forgetLast();
      offerAddresses({});
      if (number) {
        known(number, { refill: true }).then(E.changed);
        usual(number);
      } else fill({});
      E.changed();
      if (number) E.focusAdder();
    };
    document.body.addEventListener("entry:customer", (event) => {
      const { number, name } = event.detail;
      window.tabler?.bootstrap?.Modal.getInstance($("#dialog"))?.hide();
      E.customerSelect.addOption({ number, name });
      E.customerSelect.setValue(number);
    });

    // --- Keys -----------------------------------------------------------------------------------------------------
    const reach = (field) => {
      field?.focus();
      field?.select?.();
    };
    const keys = {
      KeyC: () => E.customerSelect.focus(),
      KeyW: () => {
        if (say.newCustomer)
          window.Orderwell.openDialog(
            `${say.newCustomer}?${new URLSearchParams({ name: E.customerSelect.inputValue() })}`,
          );
      },
      KeyL: () => E.focusAdder(),
      KeyA: () => {
        $(".entry-more").open = true;
        reach(addresses.length > 1 ? chooser : form.ship_recipient);
      },
      KeyR: () => reach(form.discount),
      KeyS: () => reach(form.shipping),
      KeyN: () => reach(form.note),
      KeyQ: () => {
        const button = $("#entry-quote");
        if (button) form.requestSubmit(button);
      },
      KeyU: () => $("#entry-usual-items button")?.focus(),
      KeyH: () => E.reachHints(),
      KeyP: () => E.lines.takeLast(document.activeElement?.closest(".entry-row") || E.lines.all().at(-1)),
    };
    document.addEventListener(
      "keydown",
      (event) => {
        if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || !keys[event.code] || $(".modal.show"))
          return;
        event.preventDefault();
        event.stopPropagation();
        if (!form.dataset.sending) keys[event.code]();
      },
      true,
    );
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target.matches("input") && !event.ctrlKey && !event.metaKey)
        event.preventDefault();
    });

    E.lines = E.rows(form);
    E.customerSelect = E.customer(form);
    E.products = E.adder(form);
    E.pasting(form);
    E.keep = window.Orderwell.drafting(form, {
      collect: () => {
        const { csrfmiddlewaretoken, draft, draft_version, draft_page, draft_step, ...fields } = E.fields();
        // What a stored quote began with, to find out later what of it was typed.
        ["base", "base_rows"].forEach((name) => {
          if (form[name]) fields[name] = form[name].value;
        });
        return {
          title: E.customerSelect.getItem(fields.customer)?.firstChild?.textContent.trim() || "",
          fields,
          rows: E.lines.values(),
        };
      },
      untouched: (state) =>
        form.dataset.draftOf ? !state.touched : !E.lines.all().length && !form.customer.value,
    });
    E.hinting(form);
    form.addEventListener("input", (event) => {
      if (/^(line_(?!sku)|shipping|discount|external_id|requested_on|ship_phone)/.test(event.target.name || ""))
        E.changed();
    });
    form.channel.addEventListener("change", () => {
      E.lines.forgetLast();
      E.changed();
    });
    const first = [];
    if (form.customer.value) first.push(known(form.customer.value, { refill: false }), usual(form.customer.value));
    if ($(".entry-row", form)) first.push(preview());
    // What is filled in already is shown together with what the server says of it, so that nothing moves under the hand;
    // a server that takes longer is not waited for.
    const stand = () => {
      form.classList.remove("entry-waits");
      if (!$(".is-invalid", form)) (form.customer.value ? E.products : E.customerSelect).focus();
      else $(".is-invalid", form).focus();
    };
    if (!form.matches(".entry-waits")) stand();
    else Promise.race([Promise.all(first), new Promise((done) => setTimeout(done, PATIENCE))]).then(stand);
  };
  document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", start) : start();
})();
