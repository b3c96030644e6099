// Lists: selection, bulk actions, quick look, keyboard, columns. Elements say what they are with data attributes.
(() => {
  const { $, $$, onContent, setUp, openDialog } = window.Orderwell;
  const list = () => $("[data-list]");
  const rows = () => $$("#list-body tbody tr[data-row]");
  const picks = () => $$("#list-body [data-pick]");
  const panel = () => $("#quick-look");
  let everything = false,
    lastPicked = null;

  // --- The marked row: j, k and the arrows move it, and the focus goes with it ------------------------------------
  const marked = () => rows().find((row) => row.classList.contains("row-marked"));
  const mark = (row) => {
    rows().forEach((other) => other.classList.toggle("row-marked", other === row));
    if (!row) return;
    row.tabIndex = -1;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
    if (!panel()?.hidden) look(row);
  };
  const step = (by) => {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(marked());
    mark(all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.max(0, Math.min(all.length - 1, at + by))]);
  };

  // --- Where one was: Escape and Back lead from a row to the same list, with its filters, at the same row --------------
  const name = () => `list:${location.pathname}`;
  const keep = (row) => {
    sessionStorage.setItem(name(), JSON.stringify({ search: location.search, row: row.dataset.row }));
    // One page is reached from several lists: an order from the orders, from what is to ship, from its payment.
    const here = location.pathname + location.search;
    sessionStorage.setItem("list-opened", JSON.stringify({ page: row.dataset.href, list: here }));
  };
  document.addEventListener(
    "click",
    (event) => {
      const row = event.target.closest("#list-body tr[data-row]");
      if (row && list()) keep(row);
    },
    true,
  );
  window.addEventListener("pageshow", () => {
    const returned =
      sessionStorage.getItem("list-again") || performance.getEntriesByType("navigation")[0]?.type === "back_forward";
    sessionStorage.removeItem("list-again");
    const kept = JSON.parse(sessionStorage.getItem(name()) || "null");
    if (!list() || !returned || kept?.search !== location.search || document.activeElement !== document.body) return;
    const row = rows().find((one) => one.dataset.row === kept.row);
    if (row) mark(row);
  });

  // --- Quick look -------------------------------------------------------------------------------------------------
  let looking = 0;
  const look = (row) => {
    const place = panel(),
      mine = ++looking;
    const url = list().dataset.listQuick.replace("/0/", `/${encodeURIComponent(row.dataset.row)}/`);
    place.hidden = false;
    fetch(url, { headers: { "HX-Request": "true" } })
      .then((answer) => (answer.ok ? answer.text() : ""))
      .then((html) => {
        if (mine !== looking || !html) return;
        place.innerHTML = html;
        window.htmx.process(place);
        setUp(place);
      })
      .catch(() => {});
  };
  const closeLook = () => {
    const place = panel();
    if (place) {
      place.hidden = true;
      place.replaceChildren();
    }
  };

  // --- Selection --------------------------------------------------------------------------------------------------
  const show = () => {
    const all = picks(),
      chosen = all.filter((box) => box.checked);
    all.forEach((box) => box.closest("tr").classList.toggle("row-picked", box.checked));
    if (chosen.length < all.length) everything = false;
    const head = $("#list-body [data-pick-all]");
    if (head) {
      head.checked = all.length > 0 && chosen.length === all.length;
      head.indeterminate = chosen.length > 0 && chosen.length < all.length;
    }
    const bar = $("[data-bulk-bar]");
    if (!bar) return;
    bar.hidden = !chosen.length;
    const button = $("[data-bulk-all]", bar),
      count = $("[data-bulk-count]", bar);
    button?.setAttribute("aria-pressed", everything);
    button?.classList.toggle("active", everything);
    count.textContent = everything ? button.dataset.allText : `${chosen.length} ${count.dataset.one}`;
  };
  const pick = (box, value, range) => {
    const all = picks();
    if (range && lastPicked && all.includes(lastPicked)) {
      const [from, to] = [all.indexOf(lastPicked), all.indexOf(box)].sort((a, b) => a - b);
      all.slice(from, to + 1).forEach((other) => {
        other.checked = value;
      });
    }
    box.checked = value;
    lastPicked = box;
    show();
  };
  const pickAll = (value) => {
    picks().forEach((box) => {
      box.checked = value;
    });
    if (!value) everything = false;
    show();
  };

  // The ticked rows, or all that match, as an address names them.
  const chosen = () => {
    const query = new URLSearchParams($("#list-body").dataset.listQuery.slice(1));
    if (everything) query.set("all", "1");
    else
      picks()
        .filter((one) => one.checked)
        .forEach((one) => query.append("id", one.value));
    return query;
  };

  document.addEventListener("click", (event) => {
    const target = event.target;
    const box = target.closest("[data-pick]");
    if (box) {
      pick(box, box.checked, event.shiftKey);
      return;
    }
    if (target.matches("[data-pick-all]")) pickAll(target.checked);
    if (target.closest("[data-bulk-clear]")) pickAll(false);
    if (target.closest("[data-bulk-all]")) {
      const wanted = !everything;
      pickAll(true);
      everything = wanted;
      show();
    }
    if (target.closest("[data-quick-close]")) {
      closeLook();
      marked()?.focus();
    }
    const act = target.closest("[data-act]");
    if (act) openDialog(`${act.dataset.act}?${chosen()}`);
    const print = target.closest("[data-print]");
    if (print) window.open(`${print.dataset.print}?${chosen()}`, "_blank", "noopener");
    const move = target.closest("[data-move]");
    if (move) moveColumn(move.closest("li"), move.dataset.move === "up" ? -1 : 1, move);
  });
  onContent(() => {
    if (list()) show();
  });
  // How many rows a filter has and what they come to is asked for when the page stands.
  onContent((root) =>
    $$("[data-total]", root).forEach((place) => {
      fetch(place.dataset.total)
        .then((answer) => (answer.ok ? answer.text() : ""))
        .then((text) => {
          place.textContent = text ? ` · ${text}` : "";
        })
        .catch(() => {});
    }),
  );
  window.addEventListener("pageshow", () => {
    if (list()) show();
  });

  // --- After a bulk action the list is shown anew -----------------------------------------------------------------
  const reload = () => {
    const body = $("#list-body");
    if (body)
      window.htmx.ajax("GET", body.dataset.listHere, { target: "#list-body", swap: "innerHTML" }).then(() => show());
  };
  document.addEventListener("hide.bs.modal", (event) => {
    if (event.target.id === "dialog" && $("[data-reload-list]", event.target)) reload();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("#dialog [data-close-run]")) event.preventDefault();
  });
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    // An export answers with the address of its file: the browser fetches it, and the dialog has done its work.
    if (event.detail.xhr.getResponseHeader("HX-Redirect") && event.target.closest?.("form[data-close-when-done]")) {
      (window.tabler?.bootstrap || window.bootstrap).Modal.getInstance($("#dialog"))?.hide();
      document.body.dispatchEvent(new CustomEvent("orderwell:progress", { bubbles: true }));
    }
  });

  // --- Columns ----------------------------------------------------------------------------------------------------
  const moveColumn = (item, by, keep) => {
    const other = by < 0 ? item.previousElementSibling : item.nextElementSibling;
    if (!other) return;
    if (by < 0) other.before(item);
    else other.after(item);
    keep.focus();
    item.scrollIntoView({ block: "nearest" });
  };

  // --- Keyboard ---------------------------------------------------------------------------------------------------
  document.addEventListener(
    "keydown",
    (event) => {
      const item = event.altKey && event.target.closest("[data-column-list] li");
      if (item && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
        event.preventDefault();
        moveColumn(item, event.key === "ArrowUp" ? -1 : 1, event.target);
        return;
      }
      if (!list() || event.ctrlKey || event.metaKey || event.altKey || $(".modal.show")) return;
      const field = event.target.closest("input, textarea, select, [contenteditable]");
      if (field && !field.matches("[data-pick]")) return;
      const row = marked();
      const keys = {
        ArrowDown: () => step(1),
        j: () => step(1),
        ArrowUp: () => step(-1),
        k: () => step(-1),
        x: () => {
          const box = row && $("[data-pick]", row);
          if (box) pick(box, !box.checked, false);
        },
        X: () => {
          const box = row && $("[data-pick]", row);
          if (box) pick(box, true, true);
        },
        a: () => {
          if (picks().length) pickAll(!picks().every((box) => box.checked));
        },
        " ": () => {
          if (!row || event.target.closest("a, button, summary, [data-pick]")) return false;
          if (panel().hidden) look(row);
          else closeLook();
        },
        Enter: () => {
          if (!row || event.target.closest("a, button, summary")) return false;
          keep(row);
          if (row.dataset.href) location.assign(row.dataset.href);
        },
        Escape: () => {
          if (!panel()?.hidden) {
            closeLook();
            return;
          }
          if (picks().some((box) => box.checked)) {
            pickAll(false);
            return;
          }
          return false;
        },
      };
      if (!keys[event.key] || keys[event.key]() === false) return;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );
})();
