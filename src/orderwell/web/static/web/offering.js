// What is offered below a field while one types, to be taken by keyboard, by click or by finger: one list for all that do so.
(() => {
  let asked = 0;
  let wait = 0;

  // `kind` names the list, `fields` those it stands below, `label(field)` is what it is called. `typed(field)` is what to look
  // for ({ start, end, text }) or null, `address(field)` is asked for it, `items(answer, typed)` is what to show of the answer.
  // `row(item)` are the contents and the value of one, `take(field, value, typed)` writes it into the field. `leaves` are
  // further keys that close the list.
  window.Orderwell.offering = ({ kind, fields, pause, label, setUp, typed, address, items, row, take, leaves }) => {
    const fieldOf = (event) => event.target.closest?.(fields);
    const shown = (field) => field.parentElement.querySelector(`.${kind}-hits.show`);
    const listOf = (field) => {
      let list = field.parentElement.querySelector(`.${kind}-hits`);
      if (!list) {
        list = document.createElement("div");
        list.className = `${kind}-hits dropdown-menu position-static w-100 mt-1`;
        list.id = `${field.id}-${kind}-hits`;
        list.setAttribute("role", "listbox");
        list.setAttribute("aria-label", label(field));
        field.after(list);
        field.setAttribute("aria-controls", list.id);
        setUp?.(field);
      }
      return list;
    };
    const unfolded = (field, yes) => {
      listOf(field).classList.toggle("show", yes);
      if (field.getAttribute("role") === "combobox") field.setAttribute("aria-expanded", yes);
      if (!yes) field.removeAttribute("aria-activedescendant");
    };
    const close = (field) => {
      asked += 1;
      clearTimeout(wait);
      if (shown(field)) unfolded(field, false);
    };
    const mark = (field, option) => {
      for (const other of listOf(field).children) {
        other.classList.toggle("active", other === option);
        other.setAttribute("aria-selected", other === option);
      }
      field.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    };
    const choose = (field, option) => {
      const place = typed(field);
      close(field);
      if (!place) return;
      take(field, option.dataset.value, place);
      field.focus();
    };
    const optionOf = (field, item, index) => {
      const made = document.createElement("button");
      made.type = "button";
      made.tabIndex = -1;
      made.id = `${field.id}-${kind}-${index}`;
      made.className = "dropdown-item";
      made.setAttribute("role", "option");
      const { value, parts, aside } = row(item);
      made.dataset.value = value;
      const end = document.createElement("span");
      end.className = "text-secondary ms-auto ps-3";
      end.textContent = aside;
      made.append(...parts, end);
      return made;
    };
    const ask = async (field) => {
      const place = typed(field);
      if (!place) {
        close(field);
        return;
      }
      const turn = ++asked;
      const url = `${address(field)}?${new URLSearchParams({ q: place.text })}`;
      const answer = await fetch(url, { headers: { "HX-Request": "true" } }).catch(() => null);
      if (turn !== asked || !answer) return;
      if (answer.status === 401) window.Orderwell.askToSignIn?.();
      const found = answer.ok ? items(await answer.json(), place) : [];
      if (turn !== asked) return;
      listOf(field).replaceChildren(...found.map((item, index) => optionOf(field, item, index)));
      unfolded(field, found.length > 0 && document.activeElement === field);
      if (shown(field)) mark(field, listOf(field).firstElementChild);
    };

    document.addEventListener("input", (event) => {
      const field = fieldOf(event);
      if (!field || event.isComposing) return;
      clearTimeout(wait);
      wait = setTimeout(() => ask(field), pause);
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
          choose(field, options[now]);
        } else if (event.key === "Escape") close(field);
        else {
          if (leaves?.includes(event.key)) close(field);
          return;
        }
        event.preventDefault();
        event.stopPropagation();
      },
      true,
    );
    document.addEventListener("mousedown", (event) => {
      const chosen = event.target.closest?.(`.${kind}-hits [role=option]`);
      if (!chosen) return;
      event.preventDefault();
      choose(chosen.closest(`.${kind}-hits`).parentElement.querySelector(fields), chosen);
    });
    document.addEventListener("focusout", (event) => {
      const field = fieldOf(event);
      if (field) close(field);
    });
  };
})();
