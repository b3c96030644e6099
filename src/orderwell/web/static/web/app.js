// What every page does: dialogs, toasts, search box, keyboard, forms that are sent once.
// No inline handlers anywhere: elements say what they are with data attributes, and this file listens on the document.
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const text = (name) => document.body.dataset[`text${name}`] || "";
  const bootstrap = window.tabler?.bootstrap || window.bootstrap;
  const ready = (run) =>
    document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", run) : run();
  // Each part of a page is set up once: the whole page at first, later what htmx put in.
  const setups = [];
  const onContent = (setup) => {
    setups.push(setup);
    ready(() => setup(document));
  };
  const setUp = (root) => setups.forEach((setup) => setup(root));
  Object.assign(window.Orderwell, { $, $$, ready, bootstrap, onContent, setUp });

  // What is chosen in a strip that is wider than the screen stands in sight.
  onContent((root) =>
    $$(".admin-nav > .active, .tabs > .active, .btn-group > .active", root).forEach((chosen) => {
      const strip = chosen.parentElement;
      const over = chosen.getBoundingClientRect().right - strip.getBoundingClientRect().right;
      if (over > 0) strip.scrollLeft += over + 24;
    }),
  );

  // --- Toasts ---------------------------------------------------------------------------------------------------
  const showToast = (element) => {
    const sticky = element.dataset.level === "error";
    // What can be undone stays long enough to be read and reached.
    const delay = $("form", element) ? 12000 : 5000;
    bootstrap.Toast.getOrCreateInstance(element, { autohide: !sticky, delay }).show();
    element.addEventListener("hidden.bs.toast", () => element.remove());
  };
  const toast = (message, level = "error") => {
    // What was said already is not said beside it: without a network each part of the page says the same.
    $$("#toasts .toast")
      .filter((other) => other.dataset.level === level && $(".toast-body", other)?.textContent === message)
      .forEach((other) => other.remove());
    const element = document.createElement("div");
    element.className = "toast";
    element.dataset.level = level;
    element.setAttribute("role", "status");
    const body = document.createElement("div");
    body.className = "toast-body d-flex align-items-center gap-2";
    const words = document.createElement("span");
    words.className = "flex-fill";
    words.textContent = message;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "btn-close";
    close.dataset.bsDismiss = "toast";
    close.setAttribute("aria-label", text("Close"));
    body.append(words, close);
    element.append(body);
    $("#toasts").append(element);
    showToast(element);
  };
  window.Orderwell.toast = toast;
  onContent((root) =>
    $$("[data-toast]", root).forEach((element) => {
      delete element.dataset.toast;
      showToast(element);
    }),
  );

  // Taken back in place: the page stays, and what it shows of it is asked for anew by whoever listens.
  document.addEventListener("orderwell:undone", (event) =>
    bootstrap.Toast.getInstance(event.target.closest?.(".toast"))?.hide(),
  );

  // --- htmx: answers that aren't what was asked for ----------------------------------------------------------------
  document.addEventListener("htmx:sendError", () => {
    toast(text("Offline"));
    releaseParts();
  });
  document.addEventListener("htmx:timeout", () => {
    toast(text("Offline"));
    releaseParts();
  });
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    releaseParts();
    if (status === 401) return; // session.js asks to sign in
    toast(status === 403 ? text("Forbidden") : text("Error"));
  });
  // To another place of this very page: to set the address would only scroll, and what was changed wouldn't be seen.
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const to = event.detail.xhr.getResponseHeader("HX-Redirect");
    const target = to && new URL(to, location.href);
    if (!target?.hash || target.href.split("#")[0] !== location.href.split("#")[0]) return;
    event.preventDefault();
    history.scrollRestoration = "manual"; // else the page comes back where it was scrolled to, not at the place
    history.replaceState(history.state, "", target);
    location.reload();
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    releaseParts();
    setUp(event.detail.target);
  });
  document.addEventListener("htmx:oobAfterSwap", (event) => setUp(event.detail.target));
  // The list of running work is drawn anew every two seconds; whoever looks at it goes on looking.
  let trayWasOpen = false;
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target.id === "progress-tray") trayWasOpen = Boolean($(".tray-menu.show", detail.target));
  });
  document.addEventListener("htmx:afterSwap", () => {
    const button = trayWasOpen && $("#progress-tray .tray-button");
    trayWasOpen = false;
    if (button) bootstrap.Dropdown.getOrCreateInstance(button).show();
  });

  // --- Dialogs ----------------------------------------------------------------------------------------------------
  const dialog = () => bootstrap.Modal.getOrCreateInstance($("#dialog"));
  let cameFrom = null; // where the focus goes back to
  const openDialog = (url) => {
    if (!$("#dialog").classList.contains("show")) cameFrom = document.activeElement;
    window.htmx.ajax("GET", url, { target: "#dialog-content", swap: "innerHTML" }).then(() => {
      const wide = $("#dialog-content [data-wide]");
      $("#dialog-frame").classList.toggle("modal-xl", Boolean(wide));
      dialog().show();
    });
  };
  window.Orderwell.openDialog = openDialog;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-dialog]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    openDialog(link.getAttribute("href"));
  });
  ready(() => {
    const element = $("#dialog");
    if (!element) return;
    // Who types already must not have the first letter taken away.
    element.addEventListener("shown.bs.modal", () => {
      if (!document.activeElement?.closest("#dialog-content")) focusFirst(element);
    });
    element.addEventListener("hidden.bs.modal", () => {
      // What was refused because it is no longer so: the page behind still shows it as it was.
      if ($("#dialog-content [data-stale-page]")) location.reload();
      $("#dialog-content").replaceChildren();
      if (cameFrom?.isConnected) cameFrom.focus();
      cameFrom = null;
    });
    // After htmx has put the focus where the form begins: what is wrong goes first.
    document.addEventListener("htmx:afterSettle", (event) => {
      if (event.detail.target.id === "dialog-content" && element.classList.contains("show")) focusFirst(element);
    });
  });
  const focusFirst = (root) => {
    const field =
      $(".is-invalid", root) ||
      $("[autofocus]", root) ||
      $("input:not([type=hidden]):not([type=checkbox]):not([readonly]), select, textarea", root) ||
      $(".modal-footer .btn-primary", root);
    field?.focus();
    // What somebody has typed already is not marked: the next letter would take its place.
    if (field?.select && field.type !== "checkbox" && field.value === field.defaultValue) field.select();
  };

  // A page that comes back with something wrong begins there, unless it has a place of its own to begin.
  ready(() => {
    const wrong = $("#content form:is([data-main], .dialog-page) .is-invalid");
    if (wrong && document.activeElement === document.body) wrong.focus();
  });

  // What htmx has put into the page it makes its own a moment later. Whoever is faster would be sent to another page.
  ["submit", "click"].forEach((kind) =>
    document.addEventListener(
      kind,
      (event) => {
        const own = event.target.closest?.("[hx-get], [hx-post]");
        if (own && window.htmx) window.htmx.process(own);
      },
      true,
    ),
  );

  // --- Forms: sent once -------------------------------------------------------------------------------------------
  // A double click sends nothing twice: the server knows the form's token, and the button rests meanwhile. So do the
  // fields: what is typed after the form was sent would go with the page, and be in no order. Their values are sent.
  const busyForms = new Map(); // each with how its fields are let go
  const TICKED = "select, button, [type=checkbox], [type=radio], [type=range], [type=color], [type=file]";
  const rest = (form) => {
    const had = document.activeElement;
    const put = [];
    const set = (element, name) => {
      if (element[name]) return;
      element[name] = true;
      put.push([element, name]);
    };
    [...form.elements].forEach((field) => {
      const chooser = field.closest(".ts-wrapper") || field.tomselect?.wrapper;
      if (chooser) set(chooser, "inert");
      else if (field.matches(TICKED)) set(field, "inert");
      else if ("readOnly" in field && field.type !== "hidden") set(field, "readOnly");
    });
    return () => {
      put.forEach(([element, name]) => {
        element[name] = false;
      });
      if (document.activeElement === document.body && had?.isConnected) had.focus();
    };
  };
  const letGo = (form) => {
    delete form.dataset.sending;
    $$("[data-busy]", form).forEach((button) => {
      button.disabled = false;
      button.classList.remove("btn-loading");
    });
    busyForms.get(form)?.();
    busyForms.delete(form);
  };
  const release = () => [...busyForms.keys()].forEach(letGo);
  const onTheirWay = () => [...busyForms.keys()].filter((form) => !form.matches("[hx-post]"));
  const stopped = (forms) =>
    forms.forEach((form) => {
      letGo(form);
      delete form.dataset.clean; // nobody knows whether it arrived: the page asks before it is left
    });
  // Stopped by the browser's button, or overtaken by another page: this one stays, and so does what is in its form.
  window.navigation?.addEventListener("navigate", ({ formData, signal }) => {
    const sent = formData ? onTheirWay() : [];
    if (sent.length) signal.addEventListener("abort", () => stopped(sent));
  });
  // Escape stops the sending, as browsers have it, and does nothing else meanwhile: not back to the list with it.
  document.addEventListener(
    "keydown",
    (event) => {
      const sent = event.key === "Escape" ? onTheirWay() : [];
      if (!sent.length) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      window.stop();
      stopped(sent);
    },
    true,
  );
  // A part of the page that has come tells nothing of a form that waits for a page of its own.
  const releaseParts = () => [...busyForms.keys()].filter((form) => form.matches("[hx-post]")).forEach(letGo);
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!form.matches("form[data-once]")) return;
      if (form.dataset.sending) {
        event.preventDefault();
        event.stopImmediatePropagation();
        return;
      }
      form.dataset.sending = "yes";
      form.dataset.clean = "yes";
      busyForms.set(form, null);
      // After the browser has collected the form: a disabled button's name and value would be lost.
      setTimeout(() => {
        if (busyForms.get(form) !== null) return; // given back meanwhile, or resting already
        busyForms.set(form, rest(form));
        $$("[data-busy]", form).forEach((button) => {
          button.disabled = true;
          button.classList.add("btn-loading");
        });
      });
    },
    true,
  );
  window.Orderwell.release = release;
  window.addEventListener("pageshow", release); // back from the next page: the form can be sent again

  document.addEventListener("change", (event) => {
    const field = event.target.closest("[data-submit-on-change]");
    if (field) field.form.requestSubmit();
  });
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-guard]");
    if (!form) return;
    form.dataset.dirty = "yes";
    if (!form.dataset.sending) delete form.dataset.clean; // sent before, and typed into again on the way back
  });
  window.addEventListener("beforeunload", (event) => {
    if ($$("form[data-guard][data-dirty]").some((form) => !form.dataset.clean)) event.preventDefault();
  });

  // Empty filters don't belong into the address.
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-filters]")) return;
    $$("input, select", event.target).forEach((field) => {
      if (!field.value) field.disabled = true;
    });
    setTimeout(
      () =>
        $$(":disabled", event.target).forEach((field) => {
          field.disabled = false;
        }),
      500,
    );
  });

  // --- Small things -----------------------------------------------------------------------------------------------
  document.addEventListener("click", (event) => {
    const target = event.target;
    if (target.closest("[data-back]")) {
      event.preventDefault();
      history.length > 1 ? history.back() : location.assign("/");
    }
    if (target.closest("[data-reload]")) location.reload();
    const copy = target.closest("[data-copy]");
    if (copy) navigator.clipboard?.writeText(copy.dataset.copy).then(() => toast(copy.dataset.copied || "✓", "info"));
    if (target.closest("[data-open-keys]")) openKeys();
    const row = target.closest("tr[data-href]");
    if (row && !target.closest("a, button, input, label, select") && !String(getSelection())) {
      if (event.ctrlKey || event.metaKey) window.open(row.dataset.href);
      else location.assign(row.dataset.href);
    }
    const all = target.closest("[data-fill-all]");
    if (all) {
      $$("[data-fill]", all.closest("form")).forEach((field) => {
        field.value = all.dataset.fillAll === "none" ? "" : field.dataset.fill;
        field.dispatchEvent(new Event("input", { bubbles: true }));
      });
    }
    target.closest("[data-toggle-filters]")?.closest("form").classList.toggle("open");
    const switcher = target.closest("[data-theme-switch]");
    if (switcher) {
      const root = document.documentElement;
      root.dataset.themeChoice = root.dataset.bsTheme === "dark" ? "light" : "dark";
      window.Orderwell.applyTheme();
      document.dispatchEvent(new CustomEvent("orderwell:theme"));
      window.htmx.ajax("POST", switcher.dataset.themeSwitch, {
        values: { theme: root.dataset.themeChoice },
        swap: "none",
      });
    }
  });

  // What a choice asks for stands in the field of the amount, as long as nobody typed another there.
  document.addEventListener("change", (event) => {
    const amounts = event.target.dataset.amounts;
    const field = amounts && event.target.form.elements.amount;
    const known = amounts && JSON.parse(amounts);
    if (field && ["", ...Object.values(known)].includes(field.value)) field.value = known[event.target.value];
  });

  // Which parts of the navigation somebody keeps open, on this device.
  ready(() =>
    $$("details[data-fold]").forEach((part) => {
      const key = `fold:${document.body.dataset.me}:${part.dataset.fold}`;
      const kept = localStorage.getItem(key);
      if (kept && !$("[aria-current]", part)) part.open = kept === "open";
      $("summary", part).addEventListener("click", () => localStorage.setItem(key, part.open ? "shut" : "open"));
    }),
  );

  // Numbers behind the tabs come when the page stands; a slow count never keeps anybody waiting.
  onContent((root) =>
    $$("[data-counts]", root).forEach((element) => {
      fetch(element.dataset.counts, { headers: { Accept: "application/json" } })
        .then((answer) => (answer.ok ? answer.json() : {}))
        .then((counts) => {
          $$("[data-count]", element).forEach((place) => {
            place.textContent = counts[place.dataset.count] ?? "";
          });
        })
        .catch(() => {});
    }),
  );

  // --- The keyboard map: made of what the page really offers ---------------------------------------------------------
  // The key that stands in a button is no part of its name; who hears the page is told of it as its shortcut.
  const nameOf = (element) => {
    const copy = element.cloneNode(true);
    $$("kbd", copy).forEach((key) => key.remove());
    return (element.getAttribute("aria-label") || copy.textContent || element.title).trim().replace(/\s+/g, " ");
  };
  onContent((root) =>
    $$("[data-key]", root).forEach((element) => element.setAttribute("aria-keyshortcuts", element.dataset.key)),
  );
  const line = (keys, words) => {
    const row = document.createElement("div");
    const term = document.createElement("dt");
    keys.forEach((key) => {
      const cap = document.createElement("kbd");
      cap.textContent = key;
      term.append(cap, " ");
    });
    const meaning = document.createElement("dd");
    meaning.textContent = words;
    row.append(term, meaning);
    return row;
  };
  const fill = (section, lines) => {
    $("dl", section).replaceChildren(...lines);
    section.hidden = !lines.length;
  };
  const openKeys = () => {
    const keys = $("#keys");
    const seen = new Set();
    const first = (element, key) => !seen.has(key) && Boolean(seen.add(key)) && !element.closest("#keys");
    fill(
      $("[data-keys-here]", keys),
      $$("[data-key]")
        .filter((element) => first(element, element.dataset.key))
        .map((element) => line([element.dataset.key], nameOf(element))),
    );
    fill(
      $("[data-keys-go]", keys),
      $$("[data-go]").map((element) =>
        line(["g", element.dataset.go], nameOf($(".nav-link-title", element) || element)),
      ),
    );
    const offers = {
      rows: rows().length > 0,
      form: Boolean($("form[data-main], form[data-once]:not([action*=undo])")),
    };
    $$("[data-keys-when]", keys).forEach((element) => {
      element.hidden = !offers[element.dataset.keysWhen];
    });
    const from = document.activeElement;
    keys.addEventListener(
      "hidden.bs.modal",
      () => {
        if (from?.isConnected) from.focus();
      },
      { once: true },
    );
    bootstrap.Modal.getOrCreateInstance(keys).show();
  };

  // --- Keyboard ---------------------------------------------------------------------------------------------------
  let waitingForPlace = 0;
  const rows = () => $$("table[data-rows] tbody tr[data-href]");
  const step = (by) => {
    const list = rows();
    if (!list.length) return;
    const at = list.findIndex((row) => row.classList.contains("row-marked"));
    const next = Math.max(0, Math.min(list.length - 1, at < 0 ? (by > 0 ? 0 : list.length - 1) : at + by));
    list.forEach((row, index) => row.classList.toggle("row-marked", index === next));
    list[next].tabIndex = -1; // the focus goes with it: Enter and Tab begin at the row, and it is read out
    list[next].focus({ preventScroll: true });
    list[next].scrollIntoView({ block: "nearest" });
  };
  // Before anything hears of a key: a dialog may be gone, with the button in it, when the page's own turn comes.
  let inDialog = false;
  document.addEventListener(
    "keydown",
    () => {
      inDialog = Boolean($(".modal.show"));
    },
    true,
  );
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      $("#search-box")?.focus();
      return;
    }
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      const form = event.target.closest("form") || $("#dialog.show form") || $("form[data-main]");
      if (form) {
        event.preventDefault();
        form.requestSubmit($("[data-busy]", form) || undefined);
      }
      return;
    }
    if ($("#signed-out")?.open) return;
    // Between two contents of a dialog, or while its button is busy, the focus is nowhere and Bootstrap hears nothing.
    if (event.key === "Escape" && event.target === document.body && $(".modal.show")) {
      bootstrap.Modal.getInstance($(".modal.show"))?.hide();
      return;
    }
    if (typing || event.ctrlKey || event.metaKey || event.altKey || inDialog || $(".modal.show")) return;
    if (event.target.closest(".modal")) return;
    if (waitingForPlace && Date.now() - waitingForPlace < 1500) {
      waitingForPlace = 0;
      const place = $(`[data-go="${CSS.escape(event.key)}"]`);
      if (place) {
        event.preventDefault();
        location.assign(place.href);
        return;
      }
    }
    const actions = {
      "/": () => {
        const box = $("#search-box");
        box?.focus();
        box?.select();
      },
      "?": () => {
        if ($("#keys")) openKeys();
      },
      g: () => {
        waitingForPlace = Date.now();
      },
      ArrowDown: () => step(1),
      j: () => step(1),
      ArrowUp: () => step(-1),
      k: () => step(-1),
      Enter: () => {
        const row = $("tr.row-marked");
        if (row) location.assign(row.dataset.href);
        else return false;
      },
      Escape: () => {
        const back = $("[data-escape]");
        if (!back) return false;
        const list = JSON.parse(sessionStorage.getItem(`list:${back.pathname}`) || "null"); // as lists.js keeps it
        const opened = JSON.parse(sessionStorage.getItem("list-opened") || "null");
        const from = opened?.page === location.pathname ? opened.list : list && back.pathname + list.search;
        if (from) sessionStorage.setItem("list-again", "yes");
        location.assign(from || back.href);
      },
    };
    const shortcut =
      actions[event.key] ||
      (() => {
        const element = $(`[data-key="${CSS.escape(event.key)}"]`);
        if (!element) return false;
        element.click();
        return true;
      });
    if (["ArrowDown", "ArrowUp"].includes(event.key) && !rows().length) return;
    if (event.target.closest("a, button, summary") && event.key === "Enter") return;
    if (shortcut() !== false) event.preventDefault();
  });
})();
