// Files by drag and drop, each sent on its own: one that is refused doesn't keep the others back.
(() => {
  const { $, $$, onContent, toast } = window.Orderwell;
  const REFUSED = "files-refused";
  const upload = async (zone, files) => {
    let sent = 0;
    const refused = [];
    zone.classList.add("change-busy");
    for (const file of files) {
      const data = new FormData();
      // The token of this page and the place of the file: the same drop sent twice attaches it once.
      data.append("token", `${zone.dataset.token}${zone.dataset.round || 0}x${sent}`);
      data.append("file", file);
      try {
        const answer = await fetch(zone.dataset.drop, {
          method: "POST",
          body: data,
          headers: { ...JSON.parse(document.body.getAttribute("hx-headers")), "HX-Request": "true" },
        });
        if (answer.status !== 204) {
          const page = new DOMParser().parseFromString(await answer.text(), "text/html");
          refused.push(
            `${zone.dataset.textFailed} ${file.name}. ${$(".invalid-feedback, .alert", page)?.textContent.trim() || ""}`,
          );
        } else sent += 1;
      } catch {
        toast(document.body.dataset.textOffline);
        break;
      }
    }
    zone.dataset.round = Number(zone.dataset.round || 0) + 1;
    zone.classList.remove("change-busy");
    if (!sent) return refused.forEach((text) => toast(text));
    // The page comes anew with what was sent; what was refused is said there.
    sessionStorage.setItem(REFUSED, JSON.stringify(refused));
    location.reload();
  };
  onContent((root) =>
    $$("[data-drop]", root).forEach((zone) => {
      const input = $("input[type=file]", zone);
      input.addEventListener("change", () => {
        if (input.files.length) upload(zone, [...input.files]);
      });
      zone.addEventListener("dragover", (event) => {
        event.preventDefault();
        zone.classList.add("drop-over");
      });
      zone.addEventListener("dragleave", () => zone.classList.remove("drop-over"));
      zone.addEventListener("drop", (event) => {
        event.preventDefault();
        zone.classList.remove("drop-over");
        upload(zone, [...event.dataTransfer.files]);
      });
    }),
  );
  JSON.parse(sessionStorage.getItem(REFUSED) || "[]").forEach((text) => toast(text));
  sessionStorage.removeItem(REFUSED);
})();
