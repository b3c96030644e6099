// A page that lives longer than its session: people sign in again over it, and what they typed stays.
(() => {
  const { $, $$, ready, toast } = window.Orderwell;
  const FRESH = 20_000; // so long after an answer of the server a button alone need not ask whether the session stands
  let contact = Date.now();
  let waiting = null; // the form that will be sent once the session stands again
  const box = () => $("#signed-out");

  const renew = (token) => {
    $$("[name=csrfmiddlewaretoken]").forEach((field) => {
      field.value = token;
    });
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
  };
  const trap = (on) => {
    const modal = $(".modal.show") && window.Orderwell.bootstrap.Modal.getInstance($(".modal.show"));
    modal?._focustrap?.[on ? "activate" : "deactivate"]();
  };
  const show = () => {
    const dialog = box();
    if (dialog.open) return;
    trap(false); // a dialog under it would pull the focus back
    dialog.showModal();
    $("[name=password]", dialog).focus();
  };
  window.Orderwell.contact = () => {
    contact = Date.now();
  };

  const state = () => fetch(box().dataset.session, { cache: "no-store" }).then((answer) => answer.json());
  const isMine = (session) => String(session.user ?? "") === box().dataset.user;
  // A refused part of a page: signed out, or only signed in anew in another window since the page was loaded.
  const ask = (refused) => {
    if (!box() || box().open) return;
    state()
      .then((session) => {
        if (!session.user) {
          show();
          return;
        }
        if (!isMine(session)) {
          toast(box().dataset.textOther);
          return;
        }
        renew(session.csrf);
        if (refused) toast(box().dataset.textAgain, "info");
      })
      .catch(() => {});
  };
  window.Orderwell.askToSignIn = ask;

  ready(() => {
    const dialog = box();
    if (!dialog) return;
    const form = $("form", dialog);
    const alert = $(".alert", dialog);
    dialog.addEventListener("close", () => trap(true));
    $("[data-later]", dialog).addEventListener("click", () => {
      waiting = null;
      dialog.close();
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      alert.hidden = true;
      try {
        const { csrf } = await state();
        const body = new URLSearchParams(new FormData(form));
        const answer = await fetch(form.action, {
          method: "POST",
          body,
          headers: { "X-CSRFToken": csrf, "X-Orderwell-Part": "session" },
        });
        const found = await answer.json();
        if (found.errors) {
          alert.textContent = found.errors.join(" ");
          alert.hidden = false;
          return;
        }
        renew(found.csrf);
        contact = Date.now();
        $("[name=password]", dialog).value = "";
        dialog.close();
        if (!isMine(found)) {
          toast(dialog.dataset.textOther);
          return;
        }
        toast(dialog.dataset.textAgain, "success");
        const again = waiting;
        waiting = null;
        again?.();
      } catch {
        toast(document.body.dataset.textOffline);
      }
    });
  });

  const isTyped = (field) => field.name && field.matches("input:not([type=hidden]), select, textarea");

  // Whether the session stands is asked first: sent into a lost one, everything in the form would be gone.
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (
        form.dataset.checked ||
        event.defaultPrevented ||
        form.method !== "post" ||
        form.closest("#signed-out") ||
        !box()
      )
        return;
      // What was typed on a page of its own would be gone with that page: that asks every time. A part of a page stays.
      const surely = !form.hasAttribute("hx-post") && ([...form.elements].some(isTyped) || !navigator.onLine);
      // Signing out asks always: nobody goes away from a device on which they are still signed in without being told.
      const leaves = form.id === "sign-out";
      if (Date.now() - contact < FRESH && !surely && !leaves) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const button = event.submitter;
      // It counts as sent already (app.js): it is not, until the session is known to stand.
      const notSent = () => {
        window.Orderwell.release();
        delete form.dataset.clean;
      };
      const send = () => {
        notSent();
        form.dataset.checked = "yes";
        button?.isConnected ? form.requestSubmit(button) : form.requestSubmit();
        setTimeout(() => {
          delete form.dataset.checked;
        });
      };
      state()
        .then((session) => {
          contact = Date.now();
          if (leaves || isMine(session)) {
            renew(session.csrf);
            send();
          } else if (session.user) {
            notSent();
            toast(box().dataset.textOther);
          } else {
            notSent();
            waiting = send;
            show();
          }
        })
        .catch(() => {
          notSent();
          toast(form.dataset.textUnsent || document.body.dataset.textOffline);
          form.dispatchEvent(new CustomEvent("orderwell:unsent"));
        });
    },
    true,
  );

  document.addEventListener("htmx:afterRequest", (event) => {
    const status = event.detail.xhr?.status;
    if (status === 401) ask(true);
    else if (status) contact = Date.now();
  });
})();
