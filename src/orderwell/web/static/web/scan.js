// Scanning, on every page. A keyboard-wedge scanner is known by its speed and the Enter at the end; a camera by its button.
// `data-scan` marks the field that a scan goes into: data-scan="submit" sends its form then, anything else only fills it.
(() => {
  // Milliseconds between two keys: no person types like that, a scanner does. Where somebody waits for a code nothing else
  // listens to keys, and a slow radio may take its time.
  const gap = () => (handlers.length ? 250 : 50);
  const LEAST = 3;
  const settings = { prefix: localStorage.getItem("scan:prefix") || "" };
  const handlers = [];
  const sounds = {
    good: [[1320, 0.08]],
    bad: [
      [220, 0.18],
      [180, 0.22],
    ],
    done: [
      [990, 0.08],
      [1320, 0.12],
    ],
  };
  const patterns = { good: 40, bad: [120, 60, 120], done: [40, 40, 80] };

  // What a scanner may put before a code: what the device's settings say, and the sign of the kind of code (AIM: "]C1").
  const cleaned = (text) => {
    let code = text.trim();
    if (settings.prefix && code.startsWith(settings.prefix)) code = code.slice(settings.prefix.length);
    return code.replace(/^\][A-Za-z][0-9A-Za-z]/, "");
  };

  let audio = null;
  const feedback = (kind) => {
    if (localStorage.getItem("scan:quiet") !== "yes" && "AudioContext" in window) {
      try {
        audio ??= new AudioContext();
        let at = audio.currentTime;
        for (const [pitch, length] of sounds[kind]) {
          const tone = audio.createOscillator();
          const volume = audio.createGain();
          tone.type = kind === "bad" ? "square" : "sine";
          tone.frequency.value = pitch;
          volume.gain.value = 0.15;
          tone.connect(volume).connect(audio.destination);
          tone.start(at);
          tone.stop(at + length);
          at += length + 0.03;
        }
      } catch {
        /* no sound is no reason to stop */
      }
    }
    navigator.vibrate?.(patterns[kind]);
  };

  const shown = (field) => field.offsetParent !== null && !field.disabled && !field.readOnly;
  const fieldFor = () => {
    const dialog = document.querySelector(".modal.show, dialog[open]");
    const fields = [...(dialog || document).querySelectorAll("[data-scan]")].filter(shown);
    return fields.find((field) => field.dataset.scan !== "search") || fields[0]; // the page's own before the search box
  };
  const intoField = (field, code) => {
    field.focus();
    field.value = code;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
    feedback("good");
    if (field.dataset.scan === "submit") field.form?.requestSubmit();
  };
  // Who listens goes first, the newest before the others; then the page's field.
  const take = (text, field = null) => {
    const code = cleaned(text);
    if (!code) return;
    for (const handler of [...handlers].reverse()) if (handler(code, field) !== false) return;
    const target = field || fieldFor();
    if (target) intoField(target, code);
  };
  // Where somebody waits for a code anything is one; elsewhere it must not be shortcuts pressed in a hurry.
  const isCode = (text) => text.length >= LEAST && (handlers.length > 0 || (text.length > 4 && /\d/.test(text)));
  const wanted = () => handlers.length > 0 || Boolean(fieldFor());

  // Keys are held back for a moment while nobody knows yet whether a person or a scanner pressed them: a shortcut must
  // not fire in the middle of a code. What was a person's is pressed again.
  let keys = "";
  let held = [];
  let timer = 0;
  const fieldOf = (event) => event.target.closest?.("input, textarea, select, [contenteditable]");
  const letGo = () => {
    const pressed = held;
    [keys, held] = ["", []];
    for (const event of pressed) {
      const field = fieldOf(event);
      if (field?.isConnected) {
        if (field === document.activeElement) document.execCommand("insertText", false, event.key); // as if typed
        continue;
      }
      const copy = new KeyboardEvent("keydown", {
        key: event.key,
        code: event.code,
        shiftKey: event.shiftKey,
        bubbles: true,
        cancelable: true,
      });
      copy.fromHold = true;
      (event.target.isConnected ? event.target : document.body).dispatchEvent(copy);
    }
  };
  window.addEventListener(
    "keydown",
    (event) => {
      if (event.fromHold || (!event.isTrusted && !event.scan)) return;
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      // A dialog may take the focus into its field in the middle of a code: the rest belongs to what is held already.
      if ((fieldOf(event) && !keys) || !wanted()) return;
      if (event.key === "Enter" && isCode(keys)) {
        clearTimeout(timer);
        event.preventDefault();
        event.stopImmediatePropagation();
        const text = keys;
        [keys, held] = ["", []];
        take(text);
        return;
      }
      // No code begins with / : it leads into the search box, and what is typed next must arrive there.
      if (event.key.length !== 1 || ([" ", "/"].includes(event.key) && !keys)) {
        clearTimeout(timer);
        letGo();
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      clearTimeout(timer);
      keys += event.key;
      held.push(event);
      timer = setTimeout(letGo, gap());
    },
    true,
  );

  // The camera: its code is fetched when somebody wants it, and not before.
  let camera = null;
  const texts = () => document.getElementById("scan-texts").dataset;
  const load = (url) =>
    new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = url;
      script.onload = resolve;
      script.onerror = () => reject(new Error(url));
      document.head.append(script);
    });
  const openCamera = async (field) => {
    camera ??= load(texts().camera);
    try {
      await camera;
    } catch {
      camera = null;
      return;
    }
    window.OrderwellCamera.open({ texts: texts(), load, found: (text) => take(text, field) });
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-scan-camera]");
    if (!button) return;
    event.preventDefault();
    const id = button.dataset.scanCamera;
    openCamera(id ? document.getElementById(id) : null);
  });

  // Every field that takes scans gets the button beside it, where there is a camera to speak of.
  const dress = (root) => {
    if (!navigator.mediaDevices?.getUserMedia) return;
    root.querySelectorAll?.("[data-scan]:not([data-scan-dressed])").forEach((field) => {
      field.dataset.scanDressed = "yes";
      const button = document.getElementById("scan-texts")?.content.querySelector("button")?.cloneNode(true);
      if (!button || !field.id) return;
      button.dataset.scanCamera = field.id;
      if (!field.closest(".hh-scan, .topbar-search")) {
        const focused = document.activeElement === field;
        const frame = Object.assign(document.createElement("div"), { className: "scan-field" });
        field.replaceWith(frame);
        frame.append(field);
        if (focused) field.focus();
      }
      field.insertAdjacentElement("afterend", button);
    });
  };
  const begin = () => {
    dress(document);
    window.Orderwell?.onContent?.(dress);
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();

  window.OrderwellScan = {
    on: (handler) => {
      handlers.push(handler);
      return () => {
        if (handlers.includes(handler)) handlers.splice(handlers.indexOf(handler), 1);
      };
    },
    take,
    feedback,
    dress,
    settings,
  };
})();
