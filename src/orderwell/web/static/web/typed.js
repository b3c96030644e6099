// Another language is another page: what was typed into a form of this one is put back there.
(() => {
  const { $, $$, ready } = window.Orderwell;
  const KEPT = "orderwell.typed";
  const here = () => location.pathname + location.search;
  const open = () => $$("form[data-keeps-typed][data-dirty]").find((form) => !form.dataset.clean);
  const fields = (form) =>
    [...form.elements].filter((field) => field.name && !/^(hidden|password|file)$/.test(field.type));
  const ticks = (field) => field.type === "checkbox" || field.type === "radio";

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-other-language]")) return;
    const form = open();
    if (!form) return;
    const values = fields(form).map((field) => [field.name, ticks(field) ? field.checked : field.value]);
    sessionStorage.setItem(KEPT, JSON.stringify({ page: here(), values }));
    form.dataset.clean = "yes";
  });

  ready(() => {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) || "null");
    sessionStorage.removeItem(KEPT);
    const form = kept?.page === here() && $("form[data-keeps-typed]");
    if (!form) return;
    // Field by field in the order of the form, each only if it is still the same one.
    fields(form).forEach((field, place) => {
      const [name, value] = kept.values[place] || [];
      if (name !== field.name) return;
      if (ticks(field)) field.checked = value;
      else if (field.tomselect) field.tomselect.setValue(value, true);
      else field.value = value;
    });
    form.dataset.dirty = "yes";
    form.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
