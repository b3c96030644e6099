// What is typed is kept on the server, a moment after it was typed. Each window has a draft of its own.
(() => {
  const { $ } = window.Orderwell;
  const E = window.Orderwell.entry;
  E.drafting = (form) => {
    const url = form.dataset.keep;
    const told = $("#entry-kept");
    const state = { waiting: 0, running: false, again: false, over: false, sent: "" };
    const content = () => {
      const { csrfmiddlewaretoken, draft, draft_version, draft_page, draft_step, ...fields } = E.fields();
      return JSON.stringify({
        title: E.customerSelect.getItem(fields.customer)?.firstChild?.textContent.trim() || "",
        fields,
        rows: E.lines.values(),
      });
    };
    const save = ({ hidden = false, leaving = false } = {}) => {
      clearTimeout(state.waiting);
      if (!url || state.over || form.dataset.sending) return;
      if (state.running) {
        state.again = true;
        return;
      }
      const text = content();
      if (text === state.sent) {
        form.dataset.clean = "yes"; // typed and taken back, or touched only: the server has it as it stands
        return;
      }
      state.running = true;
      // Which page saves, and the how many-th of its saves it is: one that was written but not answered, or that was
      // overtaken on its way, is then known for what it is.
      form.draft_step.value = String(Number(form.draft_step.value) + 1);
      const marks = { page: form.draft_page.value, step: Number(form.draft_step.value) };
      if (leaving) marks.left = Number(form.draft_version.value);
      const body = new FormData();
      body.set("csrfmiddlewaretoken", form.csrfmiddlewaretoken.value);
      body.set("key", form.draft.value);
      body.set("version", form.draft_version.value);
      body.set("content", JSON.stringify({ ...JSON.parse(text), ...marks }));
      fetch(url, {
        method: "POST",
        body,
        keepalive: (hidden || leaving) && text.length < 60000,
        headers: { Accept: "application/json" },
      })
        .then(async (answer) => {
          state.running = false;
          if (answer.status === 409) {
            form.draft.value = E.newKey();
            form.draft_version.value = "0";
            save();
            return;
          }
          const said = await answer.json();
          if (said.finished) {
            state.over = true;
            told.textContent = form.dataset.textElsewhere;
            told.classList.add("text-bad");
            return;
          }
          if (said.error) {
            told.textContent = said.error;
            return;
          }
          form.draft_version.value = said.version;
          state.sent = text;
          told.textContent = form.dataset.textKept;
          // What came in between, also what was filled in by itself, is kept the next time.
          if (state.again || content() !== text) {
            state.again = false;
            later();
          } else form.dataset.clean = "yes";
        })
        .catch(() => {
          state.running = false;
          told.textContent = form.dataset.textLost;
          state.waiting = setTimeout(() => save(), 5000);
        });
    };
    const later = () => {
      clearTimeout(state.waiting);
      state.waiting = setTimeout(() => save(), 700);
    };
    document.addEventListener("visibilitychange", () => {
      if (document.hidden && state.touched) save({ hidden: true });
    });
    window.addEventListener("pagehide", () => {
      if (state.touched) save({ leaving: true });
    });
    E.keep = () => {
      state.touched = true;
      if (!form.dataset.sending) delete form.dataset.clean;
      if (url) later();
    };
    form.addEventListener("input", E.keep);
    form.addEventListener("change", E.keep);
  };
  E.newKey = () =>
    [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
})();
