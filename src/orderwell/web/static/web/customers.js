// Rows of contacts and addresses: one more is a copy of the blank row with a key of its own.
(() => {
  const { $, $$ } = window.Orderwell;
  let next = 0;
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add-part]");
    if (!button) return;
    const card = button.closest("[data-parts]");
    const taken = (key) => $$(`[name^="${card.dataset.parts}-n${key}-"]`, card).length > 0;
    while (taken(next)) next += 1;
    const key = `n${next}`;
    next += 1;
    const row = $("template", card).content.firstElementChild.cloneNode(true);
    [row, ...$$("*", row)].forEach((element) =>
      [...element.attributes].forEach((one) => {
        if (one.value.includes("__key__")) element.setAttribute(one.name, one.value.replaceAll("__key__", key));
      }),
    );
    const first = !$("[data-part]", $(".part-rows", card));
    $(".part-rows", card).append(row);
    if (first)
      $$("input[type=radio]", row)
        .slice(0, 1)
        .forEach((radio) => {
          radio.checked = true;
        });
    const field = $("input:not([type=radio]):not([type=checkbox])", row);
    field.focus();
    row.scrollIntoView({ block: "nearest" });
    card.closest("form").dataset.dirty = "yes";
  });
})();
