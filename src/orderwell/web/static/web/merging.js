// A field that two people changed: the button beside it takes the other's value.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-take]");
  const field = button && document.getElementById(button.dataset.take);
  if (!field) return;
  field.value = button.dataset.value;
  field.classList.remove("is-invalid");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
  field.focus();
  button.remove();
});
