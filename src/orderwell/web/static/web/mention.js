// A colleague's name after an at sign: while it is typed, whom it may mean stands below.
(() => {
  // What stands before the at sign is no e-mail address; Chinese before it is none either.
  const TYPED = /(^|[^\p{L}\p{N}_.@＠]|\p{Script=Han})[@＠]([\p{L}\p{N}_.-]{0,30})$/u;

  window.Orderwell.offering({
    kind: "mention",
    fields: "[data-mentions]",
    pause: 120,
    label: () => document.body.dataset.textColleagues,
    setUp: (field) => {
      field.setAttribute("aria-autocomplete", "list");
      if (field.tagName === "INPUT") field.setAttribute("role", "combobox");
    },
    // The name at the cursor: where it begins, after the at sign, and what is typed of it.
    typed: (field) => {
      const end = field.selectionEnd;
      if (end !== field.selectionStart) return null;
      const found = TYPED.exec(field.value.slice(0, end));
      return found && { start: end - found[2].length, end, text: found[2] };
    },
    address: () => document.body.dataset.colleagues,
    items: (answer) => answer.people,
    row: (person) => ({
      value: person.call,
      parts: [person.name],
      aside: person.username === person.name ? "" : person.username,
    }),
    take: (field, call, name) => {
      const next = field.value[name.end];
      field.setRangeText(next === " " ? call : `${call} `, name.start, name.end, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    },
    leaves: ["ArrowLeft", "ArrowRight", "Home", "End"],
  });
})();
