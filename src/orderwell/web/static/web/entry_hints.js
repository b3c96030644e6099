// Hints on what is typed: they come with the live totals, and a remedy changes the form.
(() => {
  const { $ } = window.Orderwell;
  const E = window.Orderwell.entry;
  E.hinting = (form) => {
    const list = $("#entry-hints");
    const say = form.dataset;
    let shown = "";
    const make = (tag, className, text = "") => {
      const element = document.createElement(tag);
      element.className = className;
      element.textContent = text;
      return element;
    };
    const row = (place) =>
      E.lines.all().filter((line) => E.lines.cell(line, "sku").value || E.lines.cell(line, "quantity").value)[place];
    const set = (line, name, value) => {
      if (line) E.lines.cell(line, name).value = value;
    };
    // What is left of a line; nothing left means that the line goes.
    const keep = (place, quantity) => {
      const line = row(place);
      if (!line) return;
      if (Number(quantity)) set(line, "quantity", quantity);
      else line.remove();
    };
    const acts = {
      "set-quantity": (data) => set(row(data.line), "quantity", data.quantity),
      "set-price": (data) => set(row(data.line), "unit_price", data.unit_price),
      "fill-address": (data) => {
        $(".entry-more").open = true;
        form.elements[`ship_${data.field}`].value = data.value;
      },
      "replace-line": (data) => {
        keep(data.line, data.keep);
        E.lines.add(data);
      },
      "take-bundle": (data) => {
        // Places count from the top: the last first, so that the others stay where they are.
        Object.entries(data.keep)
          .sort(([one], [other]) => other - one)
          .forEach(([place, quantity]) => keep(Number(place), quantity));
        E.lines.add(data);
      },
    };
    const button = (remedy, hint) => {
      const element = make(remedy.acts ? "button" : "a", "btn btn-sm", remedy.label);
      if (remedy.acts) element.type = "button";
      else {
        element.href = remedy.url;
        element.target = "_blank";
        element.rel = "noopener";
      }
      element.addEventListener("click", () => {
        window.Orderwell.hints.note("taken", `${hint.key} ${remedy.name}`);
        if (!remedy.acts) return;
        acts[remedy.name](remedy.data);
        E.changed();
        E.focusAdder();
      });
      return element;
    };
    const item = (hint) => {
      const element = make("li", `hint hint-${hint.severity}`);
      element.dataset.hint = hint.key;
      const text = make("div", "hint-text");
      text.append(
        make("span", "visually-hidden", `${hint.word}: `),
        make("strong", "", hint.title),
        " ",
        make("span", "", hint.reason),
      );
      const remedies = make("div", "hint-remedies");
      remedies.append(
        ...hint.remedies.filter((remedy) => !remedy.acts || acts[remedy.name]).map((remedy) => button(remedy, hint)),
      );
      if (hint.dismiss) {
        const link = make("a", "btn btn-sm btn-ghost", say.textDismiss);
        link.href = hint.dismiss;
        link.dataset.dialog = "";
        link.setAttribute("aria-label", `${say.textDismiss}: ${hint.title}`);
        remedies.append(link);
      }
      element.append(text, remedies);
      return element;
    };
    E.showHints = (hints) => {
      const text = JSON.stringify(hints);
      if (text === shown) return;
      shown = text;
      list.parentElement.classList.toggle("d-none", !hints.length);
      list.replaceChildren(...hints.map(item));
      window.Orderwell.hints.watch(list);
    };
    document.body.addEventListener("hints:dismissed", () => {
      window.tabler?.bootstrap?.Modal.getInstance($("#dialog"))?.hide();
      shown = "";
      E.changed();
    });
    document.body.addEventListener("orderwell:undone", () => {
      shown = "";
      E.changed();
    });
    E.reachHints = () => $(".btn", list)?.focus();
  };
})();
