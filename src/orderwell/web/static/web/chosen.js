// A choice that is longer than its field stands whole below it: on a narrow screen a list shows only how it begins.
(() => {
  const { $$, onContent } = window.Orderwell;
  const pen = document.createElement("canvas").getContext("2d");
  const isCut = (select, text) => {
    const style = getComputedStyle(select);
    pen.font = style.font;
    const room = select.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    return room > 0 && pen.measureText(text).width > room;
  };
  const place = (select) => {
    const below = select.nextElementSibling;
    return below?.matches("[data-chosen]") ? below : null;
  };
  // What the page came with stays as it is until another choice is made: nothing moves while the page loads.
  const say = (select, changed = true) => {
    const text = select.selectedOptions[0]?.text || "";
    let below = place(select);
    if (!isCut(select, text)) {
      if (below && changed) below.hidden = true;
      return;
    }
    if (!below) {
      below = document.createElement("div");
      below.className = "chosen-whole";
      below.dataset.chosen = "";
      below.setAttribute("aria-hidden", "true"); // the list itself says it
      select.after(below);
    }
    below.textContent = text;
    below.classList.add("chosen-cut");
    below.hidden = false;
  };
  const mine = (root) =>
    $$(".form-field > select.form-select", root).filter((one) => !one.multiple && one.size < 2 && !one.tomselect);
  window.Orderwell.sayChosen = (root) => mine(root).forEach((one) => say(one));
  onContent((root) => mine(root).forEach((one) => say(one, false)));
  document.addEventListener("change", (event) => {
    if (event.target.matches(".form-field > select.form-select")) say(event.target);
  });
  document.addEventListener("shown.bs.modal", (event) => window.Orderwell.sayChosen(event.target));
  window.addEventListener("resize", () => window.Orderwell.sayChosen(document));
})();
