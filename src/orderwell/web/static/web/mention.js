// A colleague's name after an at sign: while it is typed, whom it may mean stands below, to be taken by keyboard or by finger.
(() => {
  const WAIT = 120;
  // What stands before the at sign is no e-mail address; Chinese before it is none either.
  const TYPED = /(^|[^\p{L}\p{N}_.@＠]|\p{Script=Han})[@＠]([\p{L}\p{N}_.-]{0,30})$/u;
  let asked = 0;
  let wait = 0;

  const fieldOf = (event) => event.target.closest?.("[data-mentions]");
  const shown = (field) => field.parentElement.querySelector(".mention-hits.show");
  // The name at the cursor: where it begins, after the at sign, and what is typed of it.
  const nameOf = (field) => {
    const end = field.selectionEnd;
    if (end !== field.selectionStart) return null;
    const found = TYPED.exec(field.value.slice(0, end));
    return found && { start: end - found[2].length, end, text: found[2] };
  };
  const listOf = (field) => {
    let list = field.parentElement.querySelector(".mention-hits");
    if (!list) {
      list = document.createElement("div");
      list.className = "mention-hits dropdown-menu position-static w-100 mt-1";
      list.id = `${field.id}-mentions`;
      list.setAttribute("role", "listbox");
      list.setAttribute("aria-label", document.body.dataset.textColleagues);
      field.after(list);
      field.setAttribute("aria-autocomplete", "list");
      field.setAttribute("aria-controls", list.id);
      if (field.tagName === "INPUT") field.setAttribute("role", "combobox");
    }
    return list;
  };
  const unfolded = (field, yes) => {
    listOf(field).classList.toggle("show", yes);
    if (field.tagName === "INPUT") field.setAttribute("aria-expanded", yes);
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
  const take = (field, call) => {
    const name = nameOf(field);
    close(field);
    if (!name) return;
    const next = field.value[name.end];
    field.setRangeText(next === " " ? call : `${call} `, name.start, name.end, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  };
  const option = (field, person, index) => {
    const made = document.createElement("button");
    made.type = "button";
    made.tabIndex = -1;
    made.id = `${field.id}-mention-${index}`;
    made.className = "dropdown-item";
    made.setAttribute("role", "option");
    made.dataset.call = person.call;
    const username = document.createElement("span");
    username.className = "text-secondary ms-auto ps-3";
    username.textContent = person.username === person.name ? "" : person.username;
    made.append(person.name, username);
    return made;
  };
  const ask = async (field) => {
    const name = nameOf(field);
    if (!name) {
      close(field);
      return;
    }
    const turn = ++asked;
    const address = `${document.body.dataset.colleagues}?${new URLSearchParams({ q: name.text })}`;
    const answer = await fetch(address, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (turn !== asked || !answer) return;
    if (answer.status === 401) window.Orderwell.askToSignIn?.();
    const people = answer.ok ? (await answer.json()).people : [];
    if (turn !== asked) return;
    listOf(field).replaceChildren(...people.map((person, index) => option(field, person, index)));
    unfolded(field, people.length > 0 && document.activeElement === field);
    if (shown(field)) mark(field, listOf(field).firstElementChild);
  };

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
        take(field, options[now].dataset.call);
      } else if (event.key === "Escape") close(field);
      else {
        if (/^(ArrowLeft|ArrowRight|Home|End)$/.test(event.key)) close(field);
        return;
      }
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );
  document.addEventListener("mousedown", (event) => {
    const chosen = event.target.closest?.(".mention-hits [role=option]");
    if (!chosen) return;
    event.preventDefault();
    take(chosen.closest(".mention-hits").parentElement.querySelector("[data-mentions]"), chosen.dataset.call);
  });
  document.addEventListener("focusout", (event) => {
    const field = fieldOf(event);
    if (field) close(field);
  });
})();
