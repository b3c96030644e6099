// A field that two people changed: the button beside it takes the other's value.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-take]");
  const field = button && document.getElementById(button.dataset.take);
  if (!field) return;
  const { value } = button.dataset;
  const select = field.tomselect;
  if (select) {
    const { valueField, labelField } = select.settings;
    if (value && !select.options[value]) select.addOption({ [valueField]: value, [labelField]: value });
    select.setValue(value, true);
  } else if (field.type === "checkbox") {
    field.checked = value !== "";
  } else {
    field.value = value;
  }
  field.classList.remove("is-invalid");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
  field.focus();
  button.remove();
});
