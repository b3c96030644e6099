// The one search box: everything by keyboard, the best hit first, what was opened last when it is empty.
(() => {
  const { $, $$, ready } = window.Orderwell;
  const MOST = 12;
  const store = () => `opened:${document.body.dataset.me}`;
  // Only what kind and which number is kept in the browser; names are asked for, and only those one may see come back.
  const opened = () => {
    try {
      return JSON.parse(localStorage.getItem(store()) || "[]");
    } catch {
      return [];
    }
  };
  const remember = () => {
    const here = document.body.dataset.opened;
    if (!here || $(".error-page")) return;
    try {
      localStorage.setItem(store(), JSON.stringify([here, ...opened().filter((item) => item !== here)].slice(0, MOST)));
    } catch {
      /* full, or forbidden: then nothing is remembered */
    }
  };

  ready(() => {
    const box = $("#search-box");
    if (!box) return;
    remember();
    const panel = $("#search-results");
    let asked = 0;
    let shown = null; // the text whose hits the panel shows
    let wait = 0;
    let abort = null;
    const items = () => $$("a[role=option]", panel);
    const marked = () => items().findIndex((item) => item.classList.contains("marked"));
    const mark = (index) => {
      items().forEach((item, at) => {
        const on = at === index;
        item.classList.toggle("marked", on);
        item.setAttribute("aria-selected", on);
        if (on) {
          box.setAttribute("aria-activedescendant", item.id);
          item.scrollIntoView({ block: "nearest" });
        }
      });
      if (index < 0) box.removeAttribute("aria-activedescendant");
    };
    const open = (yes) => {
      panel.classList.toggle("show", yes);
      box.setAttribute("aria-expanded", yes);
      if (!yes) mark(-1);
    };
    const ask = () => {
      const text = box.value.trim();
      if (text === shown) {
        open(panel.childElementCount > 0);
        return;
      }
      const turn = ++asked;
      abort?.abort();
      abort = new AbortController();
      const query = new URLSearchParams(
        text
          ? { q: text }
          : {
              opened: opened()
                .filter((item) => item !== document.body.dataset.opened)
                .join(" "),
            },
      );
      fetch(`${box.dataset.search}?${query}`, { headers: { "HX-Request": "true" }, signal: abort.signal })
        .then((answer) => {
          if (answer.status === 401) window.Orderwell.askToSignIn?.();
          return answer.ok ? answer.text() : "";
        })
        .then((html) => {
          if (turn !== asked) return;
          panel.innerHTML = html;
          shown = text;
          items().forEach((item, at) => {
            item.id = `found-${at}`;
          });
          open(panel.childElementCount > 0 && document.activeElement === box);
          mark(text && items().length ? 0 : -1);
        })
        .catch(() => {});
    };
    const follow = (item) => {
      const pressed = item.dataset.press && $(item.dataset.press);
      open(false);
      if (pressed) {
        box.blur();
        pressed.click();
        return;
      }
      if (item.dataset.dialog !== undefined) {
        box.blur();
        window.Orderwell.openDialog(item.getAttribute("href"));
        return;
      }
      location.assign(item.href);
    };
    box.addEventListener("input", () => {
      clearTimeout(wait);
      wait = setTimeout(ask, 120);
    });
    box.addEventListener("focus", ask);
    box.addEventListener("click", () => {
      if (!panel.classList.contains("show")) ask();
    });
    box.addEventListener("keydown", (event) => {
      if (event.isComposing) return; // Enter ends the choice of a Chinese character
      const count = items().length;
      if ((event.key === "ArrowDown" || event.key === "ArrowUp") && count) {
        event.preventDefault();
        open(true);
        mark((marked() + (event.key === "ArrowDown" ? 1 : -1) + count) % count);
      } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
        const item = items()[marked()];
        // Typed faster than answered (a scanner, for one): the server finds the best hit itself.
        if (item && shown === box.value.trim()) {
          event.preventDefault();
          follow(item);
        } else if (!box.value.trim()) event.preventDefault();
      } else if (event.key === "Escape") {
        event.preventDefault();
        if (panel.classList.contains("show")) open(false);
        else box.blur();
      }
    });
    panel.addEventListener("click", (event) => {
      const item = event.target.closest("a[role=option]");
      if (!item || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
      if (item.dataset.press || item.dataset.dialog !== undefined) {
        event.preventDefault();
        event.stopPropagation();
        follow(item);
      }
    });
    document.addEventListener("click", (event) => {
      if (!event.target.closest(".topbar-search")) open(false);
    });
    box.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !event.relatedTarget.closest(".topbar-search")) open(false);
    });
  });
})();
