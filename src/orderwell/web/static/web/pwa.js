// Makes the application installable and reachable without a network, where the browser can (it wants HTTPS, or this machine).
(() => {
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-try-again]")) location.reload();
  });
  // The page without a network is kept in every language; it shows the one of the page that was seen last.
  const told = document.querySelectorAll("[data-told-in]");
  if (told.length) {
    const wanted = localStorage.getItem("language") || navigator.language;
    const one = [...told].find((part) => part.lang.slice(0, 2) === wanted.slice(0, 2));
    if (one) {
      told.forEach((part) => (part.hidden = part !== one));
      document.documentElement.lang = one.lang;
      document.title = one.dataset.title;
    }
  } else localStorage.setItem("language", document.documentElement.lang);
  // Signing out takes along what the handheld had fetched, also where no service worker sees to it.
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "sign-out") return;
    sessionStorage.clear(); // where somebody was, and what they looked for there
    if (!("indexedDB" in window)) return;
    Object.keys(localStorage)
      .filter((name) => name.startsWith("entry:"))
      .forEach((name) => localStorage.removeItem(name));
    const asked = indexedDB.open("orderwell-handheld");
    asked.onupgradeneeded = () => asked.transaction.abort(); // nothing was ever kept here
    asked.onsuccess = () =>
      ["work", "session"].forEach((name) => asked.result.transaction(name, "readwrite").objectStore(name).clear());
  });
  if (!("serviceWorker" in navigator)) return;
  const hadOne = Boolean(navigator.serviceWorker.controller);
  const register = () =>
    navigator.serviceWorker.register("/service-worker.js", { scope: "/", updateViaCache: "none" }).catch(() => {});
  // After the page stands: what is fetched for later must not slow down what is looked at now.
  const soon = () =>
    "requestIdleCallback" in window ? requestIdleCallback(register, { timeout: 4000 }) : setTimeout(register, 500);
  if (document.readyState === "complete") soon();
  else window.addEventListener("load", soon);
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (hadOne) document.dispatchEvent(new CustomEvent("orderwell:updated"));
  });

  // The browser's own question whether to install is kept until somebody presses the button for it.
  let question = null;
  const show = (on) =>
    document.querySelectorAll("[data-install]").forEach((button) => {
      button.hidden = !on;
    });
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    question = event;
    show(true);
  });
  window.addEventListener("appinstalled", () => {
    question = null;
    show(false);
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-install]") || !question) return;
    question.prompt();
    question.userChoice.then(() => {
      question = null;
      show(false);
    });
  });
})();
