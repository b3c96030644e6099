// What is typed is kept on the server, a moment after it was typed. Each window has a draft of its own. Without a connection
// it is kept on this device, and brought to the server by whichever page with the same form comes next: of order entry, or of
// the change of the same order.
(() => {
  const { $, toast } = window.Orderwell;
  const newKey = () =>
    [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  // Drafts of new orders have no name between person and key.
  const deviceOf = (form) => ({
    prefix: ["entry", document.body.dataset.me, form.dataset.draftOf, ""].filter((part) => part !== undefined).join(":"),
    put(key, draft) {
      try {
        localStorage.setItem(this.prefix + key, JSON.stringify(draft));
        return true;
      } catch {
        return false; // full, or forbidden
      }
    },
    drop(key) {
      localStorage.removeItem(this.prefix + key);
    },
    all() {
      return Object.keys(localStorage)
        .filter((name) => name.startsWith(this.prefix) && !name.slice(this.prefix.length).includes(":"))
        .map((name) => [name.slice(this.prefix.length), JSON.parse(localStorage.getItem(name))]);
    },
  });
  const send = (url, token, { key, version, content }, options = {}) => {
    const body = new FormData();
    Object.entries({ csrfmiddlewaretoken: token, key, version, content: JSON.stringify(content) }).forEach((pair) =>
      body.set(...pair),
    );
    return fetch(url, { method: "POST", body, headers: { Accept: "application/json" }, ...options });
  };
  // What somebody means by it: the name of a product is told by the server, in the language of the page.
  const meaning = ({ fields, rows = [], typed }) =>
    JSON.stringify([fields, rows.map(([sku, _name, ...cells]) => [sku, ...cells]), typed]);
  // `collect` gives what is typed, `untouched` says whether the page stands empty and may make way for a draft that comes home.
  // Returns what to call when something was typed without an event of the form.
  window.Orderwell.drafting = (form, { collect, untouched }) => {
    const url = form.dataset.keep;
    const told = $("#entry-kept");
    const device = deviceOf(form);
    const state = { waiting: 0, running: false, again: false, over: false, lost: false, sent: "" };
    // A page that was kept with what was refused may be shown again: it saves as another page than the first time.
    form.draft_page.value = newKey();
    // Over a stored order nothing is begun before something is another than it was.
    const start = form.dataset.draftOf && !("begun" in form.dataset) ? meaning(collect()) : "";
    const content = () => {
      const found = collect();
      return JSON.stringify(form.dataset.draftOf ? { ...found, begun: meaning(found) !== start } : found);
    };
    const isEmpty = (text) => start && !state.sent && !JSON.parse(text).begun;
    // The draft as it would be sent now, with which page saves it and the how many-th of its saves it is: one that was
    // written but not answered, or that was overtaken on its way, is then known for what it is.
    const marked = (text) => ({
      key: form.draft.value,
      version: form.draft_version.value,
      content: { ...JSON.parse(text), page: form.draft_page.value, step: Number(form.draft_step.value) },
    });
    const tell = (text, bad) => {
      told.textContent = text;
      told.classList.toggle("text-bad", bad);
    };
    const keepHere = () => {
      const text = content();
      if (isEmpty(text)) return;
      state.lost = true;
      tell(device.put(form.draft.value, marked(text)) ? form.dataset.textHere : form.dataset.textLost, true);
    };
    const settle = () => {
      state.settled?.();
      state.settled = null;
    };
    const save = ({ hidden = false, leaving = false } = {}) => {
      clearTimeout(state.waiting);
      if (state.over || form.dataset.sending) return;
      if (state.running) {
        state.again = true;
        return;
      }
      const text = content();
      if (text === state.sent || isEmpty(text)) {
        form.dataset.clean = "yes"; // typed and taken back, or touched only: the server has it as it stands
        settle();
        return;
      }
      state.running = true;
      form.draft_step.value = String(Number(form.draft_step.value) + 1);
      const draft = marked(text);
      if (leaving) draft.content.left = Number(form.draft_version.value);
      send(url, form.csrfmiddlewaretoken.value, draft, { keepalive: (hidden || leaving) && text.length < 60000 })
        .then(async (answer) => {
          state.running = false;
          if (answer.status === 409) {
            device.drop(form.draft.value);
            form.draft.value = newKey();
            form.draft_version.value = "0";
            save();
            return;
          }
          const said = await answer.json();
          state.lost = false;
          device.drop(draft.key);
          if (said.finished) {
            state.over = true;
            tell(form.dataset.textElsewhere, true);
            settle();
            return;
          }
          if (said.error) {
            tell(said.error, true);
            settle();
            return;
          }
          form.draft_version.value = said.version;
          state.sent = text;
          tell(form.dataset.textKept, false);
          // What came in between, also what was filled in by itself, is kept the next time.
          if (state.again || content() !== text) {
            state.again = false;
            later();
          } else {
            form.dataset.clean = "yes";
            settle();
          }
        })
        .catch(() => {
          state.running = false;
          keepHere();
          settle();
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
    // A page that is on its way out is gone before a service worker has let its last save through; here it still stands.
    window.addEventListener("beforeunload", () => {
      if (state.touched) save({ leaving: true });
    });
    window.addEventListener("pagehide", () => {
      if (state.touched && (state.lost || !navigator.onLine)) keepHere();
      if (state.touched) save({ leaving: true });
    });
    window.addEventListener("offline", keepHere);
    window.addEventListener("online", () => {
      if (state.lost) save();
    });
    // It was to be sent and nobody answered.
    form.addEventListener("orderwell:unsent", keepHere);
    const keep = () => {
      state.touched = true;
      if (!form.dataset.sending) delete form.dataset.clean;
      if (state.lost) keepHere();
      later();
    };
    form.addEventListener("input", keep);
    form.addEventListener("change", keep);
    openInOtherLanguage(form, state, save);
    bringHome(form, device, () => untouched(state));
    return keep;
  };
  // Another language is another page: it opens this draft again, once the last of it is kept.
  const openInOtherLanguage = (form, state, save) => {
    let kept = false;
    document.addEventListener("submit", (event) => {
      const other = event.target;
      if (!other.matches("[data-other-language]") || event.defaultPrevented || kept) return;
      if (!state.touched || state.over || form.dataset.sending) return;
      event.preventDefault();
      state.settled = () => {
        // Where it can't be kept the page asks before it is left.
        if (form.dataset.clean && state.sent) other.next.value = `${form.dataset.page}?draft=${form.draft.value}`;
        kept = true;
        other.requestSubmit(event.submitter);
        kept = false;
      };
      save();
    });
  };
  // What was typed without a connection and has not reached the server since.
  const bringHome = (form, device, untouched) => {
    const url = form.dataset.keep;
    const mine = form.draft.value;
    // Who is on the way to another page is not taken back. Whether they stayed after all is not told: then it is only offered.
    let leaving = false;
    window.addEventListener("beforeunload", () => (leaving = true));
    window.addEventListener("pageshow", () => (leaving = false));
    // Before a form leaves it is asked whether the session stands (session.js).
    document.addEventListener(
      "submit",
      (event) => {
        leaving ||= !event.target.matches("[hx-get], [hx-post]");
      },
      true,
    );
    device.all().forEach(([key, draft]) => {
      send(url, form.csrfmiddlewaretoken.value, draft)
        .then((answer) =>
          // Another window went on with it meanwhile: this one becomes a draft of its own.
          answer.status === 409
            ? send(url, form.csrfmiddlewaretoken.value, { ...draft, key: newKey(), version: 0 })
            : answer,
        )
        .then(async (answer) => {
          if (!answer.ok && answer.status !== 422) return;
          const said = await answer.json();
          device.drop(key);
          if (said.finished || said.error) return;
          if (!leaving && (key === mine || (untouched() && !location.search)))
            location.replace(`${form.dataset.page}?draft=${key}`);
          else toast(form.dataset.textHome, "info");
        })
        .catch(() => {});
    });
  };
})();
