// The order page: what happened by topic.
(() => {
  const { $$ } = window.Orderwell;
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-topic-filter]");
    if (!button) return;
    const wanted = button.dataset.topicFilter;
    $$("[data-topic-filter]").forEach((other) => {
      other.classList.toggle("active", other === button);
      other.setAttribute("aria-pressed", other === button);
    });
    $$("#told [data-topic]").forEach((entry) => {
      entry.hidden = Boolean(wanted) && entry.dataset.topic !== wanted;
    });
    $$("#told [data-day]").forEach((day) => {
      day.hidden = !$$("[data-topic]", day).some((entry) => !entry.hidden);
    });
  });
})();
