// Lines of goods in a text: while a product is typed in a line, what it can be stands below, to be taken by keyboard or click.
(() => {
  const WAIT = 150;
  const SHORTEST = 2;
  const COUNTED = /[\t;,，；]|\s[-+−]?\d[\d.,]*$|[×*]/;
  let asked = 0;
  let wait = 0;

  const listOf = (field) => {
    let list = field.parentElement.querySelector(".goods-hits");
    if (!list) {
      list = document.createElement("div");
      list.className = "goods-hits dropdown-menu position-static w-100 mt-1";
      list.id = `${field.id}-goods`;
      list.setAttribute("role", "listbox");
      list.setAttribute("aria-label", field.labels[0]?.textContent.trim() || field.name);
      field.after(list);
      field.setAttribute("aria-controls", list.id);
    }
    return list;
  };
  const shown = (field) => field.parentElement.querySelector(".goods-hits.show");
  const close = (field) => {
    asked += 1;
    shown(field)?.classList.remove("show");
    field.removeAttribute("aria-activedescendant");
  };
  // The line with the cursor, if the cursor stands at its end and the line names no quantity yet.
  const lineOf = (field) => {
    const at = field.selectionEnd;
    const start = field.value.lastIndexOf("\n", at - 1) + 1;
    const next = field.value.indexOf("\n", at);
    const end = next < 0 ? field.value.length : next;
    const text = field.value.slice(start, end);
    return at === end && text.trim().length >= SHORTEST && !COUNTED.test(text)
      ? { start, end, text: text.trim() }
      : null;
  };
  const mark = (field, option) => {
    for (const other of listOf(field).children) {
      other.classList.toggle("active", other === option);
      other.setAttribute("aria-selected", other === option);
    }
    field.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };
  const take = (field, sku) => {
    const line = lineOf(field);
    close(field);
    if (!line) return;
    field.setRangeText(sku + ("goodsCodes" in field.dataset ? "\n" : " "), line.start, line.end, "end");
    field.dispatchEvent(new Event("change", { bubbles: true }));
    field.focus();
  };
  const option = (field, hit, index) => {
    const made = document.createElement("button");
    made.type = "button";
    made.tabIndex = -1;
    made.id = `${field.id}-goods-${index}`;
    made.className = "dropdown-item";
    made.setAttribute("role", "option");
    made.dataset.sku = hit.sku;
    const sku = document.createElement("strong");
    sku.className = "mono me-2";
    sku.textContent = hit.sku;
    const there = document.createElement("span");
    there.className = "text-secondary ms-auto ps-3";
    there.textContent = hit.there;
    made.append(sku, hit.name, there);
    return made;
  };
  const ask = async (field) => {
    const line = lineOf(field);
    if (!line) {
      close(field);
      return;
    }
    const turn = ++asked;
    const answer = await fetch(`${field.dataset.goods}?${new URLSearchParams({ q: line.text })}`, {
      headers: { "HX-Request": "true" },
    }).catch(() => null);
    if (turn !== asked || !answer) return;
    if (answer.status === 401) window.Orderwell.askToSignIn?.();
    const hits = answer.ok ? (await answer.json()).hits : [];
    if (turn !== asked) return;
    const known = hits.length === 1 && hits[0].sku.toLowerCase() === line.text.toLowerCase();
    const list = listOf(field);
    list.replaceChildren(...hits.map((hit, index) => option(field, hit, index)));
    list.classList.toggle("show", hits.length > 0 && !known && document.activeElement === field);
    if (list.classList.contains("show")) mark(field, list.firstElementChild);
  };

  const fieldOf = (event) => event.target.closest?.("textarea[data-goods]");
  document.addEventListener("input", (event) => {
    const field = fieldOf(event);
    if (!field || event.isComposing) return;
    clearTimeout(wait);
    wait = setTimeout(() => ask(field), WAIT);
  });
  document.addEventListener("compositionend", (event) => {
    const field = fieldOf(event);
    if (field) ask(field);
  });
  document.addEventListener(
    "keydown",
    (event) => {
      const field = fieldOf(event);
      const list = field && shown(field);
      if (!list || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
      const options = [...list.children];
      const now = options.findIndex((one) => one.classList.contains("active"));
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        mark(field, options[(now + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length]);
      } else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey && now >= 0) {
        take(field, options[now].dataset.sku);
      } else if (event.key === "Escape") close(field);
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );
  document.addEventListener("mousedown", (event) => {
    const chosen = event.target.closest?.(".goods-hits [role=option]");
    if (!chosen) return;
    event.preventDefault();
    take(chosen.closest(".goods-hits").parentElement.querySelector("textarea[data-goods]"), chosen.dataset.sku);
  });
  document.addEventListener("focusout", (event) => {
    const field = fieldOf(event);
    if (field) close(field);
  });
})();
