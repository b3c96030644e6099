// Tours: a hint also shows its element on the page. The panel stays as it was folded, also on the handheld's one page.
(() => {
  const markHint = () => {
    document.querySelectorAll(".practice-here").forEach((element) => element.classList.remove("practice-here"));
    const hint = document.querySelector("#practice [data-practice-mark]");
    if (hint) document.querySelector(hint.dataset.practiceMark)?.classList.add("practice-here");
  };
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "practice") return;
    const card = event.detail.target.querySelector(".practice-card");
    event.detail.target.dataset.folded = card && !card.open ? "yes" : "";
    // What somebody types as an answer must not be taken away by the next look at the books.
    if (
      event.detail.requestConfig.verb === "get" &&
      event.detail.target.contains(document.activeElement) &&
      document.activeElement.matches("input")
    )
      event.detail.shouldSwap = false;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "practice") return;
    const card = event.detail.target.querySelector(".practice-card");
    if (card && event.detail.target.dataset.folded) card.open = false;
    markHint();
  });
})();
