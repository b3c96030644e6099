// The manual beside the page: F1, the help menu, and the mark at a field open it at the right place.
(() => {
  const { $, $$ } = window.Orderwell;
  const side = () => $("#help-side");
  let before = null;

  const open = (place) => {
    const panel = side();
    if (!panel) return false;
    if (panel.hidden) before = document.activeElement;
    // A dialog keeps the focus inside itself, so the panel goes in there while one is open.
    const host = $(".modal.show") || document.body;
    if (panel.parentElement !== host) host.append(panel);
    panel.hidden = false;
    document.body.classList.add("help-open");
    window.htmx
      .ajax("GET", `${panel.dataset.panel}?at=${encodeURIComponent(place)}`, {
        target: "#help-side-content",
        swap: "innerHTML",
      })
      .then(() => find(panel));
    return true;
  };
  const find = (panel) => {
    const body = $("#help-side-body", panel);
    if (!body) return;
    const at = body.dataset.at && $(`[data-anchor="${CSS.escape(body.dataset.at)}"]`, body);
    if (at && at.tagName === "SPAN") {
      at.nextElementSibling?.classList.add("help-found");
      at.scrollIntoView({ block: "center" });
    } else body.scrollTop = 0;
    body.focus({ preventScroll: true });
  };
  const close = () => {
    const panel = side();
    if (!panel || panel.hidden) return false;
    panel.hidden = true;
    document.body.classList.remove("help-open");
    $("#help-side-content").replaceChildren();
    before?.focus?.();
    return true;
  };
  window.Orderwell.openHelp = open;

  // The field somebody is in, then the dialog that is open, then the page under it. The mark at a field is no stop of the
  // Tab key, so that typing a form isn't slowed down; F1 in the field does the same.
  const here = () =>
    $(".field-help", document.activeElement?.closest(".form-field") || document.createElement("i"))?.dataset.helpOpen ||
    $(".modal.show [data-help]")?.dataset.help ||
    document.body.dataset.help ||
    "";
  // The sentence of a field that has no place of its own in the manual: F1 shows it, a second F1 opens the page's help.
  const hideTip = (but) => {
    const shown = $$(".field-tip.shown").filter((tip) => tip !== but);
    shown.forEach((tip) => tip.classList.remove("shown"));
    return shown.length > 0;
  };
  const showTip = (field) => {
    const tip = $("[data-tip]", field || document.createElement("i"))?.nextElementSibling;
    if (!tip || tip.classList.contains("shown")) return false;
    tip.classList.add("shown");
    return true;
  };
  document.addEventListener("focusin", () => hideTip());
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key === "F1" && !event.ctrlKey && !event.altKey && !event.metaKey && !event.shiftKey) {
        if (showTip(document.activeElement?.closest(".form-field")) || open(here())) event.preventDefault();
      } else if (event.key === "Escape" && hideTip()) {
        event.preventDefault();
        event.stopImmediatePropagation();
      } else if (event.key === "Escape" && close()) {
        event.preventDefault();
        event.stopImmediatePropagation();
      }
    },
    true,
  );
  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const mark = event.target.closest("[data-tip]");
    hideTip(mark?.nextElementSibling);
    if (mark) {
      mark.nextElementSibling.classList.toggle("shown");
      return;
    }
    if (event.target.closest("[data-help-close]")) {
      close();
      return;
    }
    const panel = side();
    const link = event.target.closest("a[data-help-open], a[data-help-here]");
    // On the pages of the manual its links lead through the manual; elsewhere they open beside the page.
    if (!link || !panel || (link.closest(".help-main") && !link.closest(".help-side"))) return;
    if (open("helpHere" in link.dataset ? here() : link.dataset.helpOpen)) event.preventDefault();
  });
  document.addEventListener("hide.bs.modal", (event) => {
    if (event.target.contains(side())) {
      close();
      document.body.append(side());
    }
  });
})();
