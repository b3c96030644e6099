// Lines copied from a spreadsheet. The server reads them; every line comes back, wrong ones with what is wrong.
(() => {
  const { toast } = window.Orderwell;
  const E = window.Orderwell.entry;
  E.pasting = (form) => {
    const input = E.products.control_input;
    const take = (text) =>
      E.ask("pasted", { text })
        .then(({ rows, said }) => {
          if (said) toast(said);
          const made = E.lines.addMany(rows);
          E.products.setTextboxValue("");
          E.changed();
          if (made[0]) {
            made[0].scrollIntoView({ block: "nearest" });
            E.lines.cell(made[0], "quantity").focus();
          }
        })
        // The text is still in the clipboard.
        .catch(() => toast(document.body.dataset.textOffline));
    // "3 x CUP-1" alone is a line too, if there is such a product; anything else is looked for as it is typed.
    const COUNTED = /^\s*[\d０-９]+\s*([×✕*＊]|[xXｘＸ]\s)|([×✕*＊]|\s[xXｘＸ])\s*[\d０-９]+\s*$/;
    const look = (text) => {
      E.products.setTextboxValue(text.trim());
      input.dispatchEvent(new Event("input", { bubbles: true }));
    };
    const takeOne = (text) =>
      E.ask("pasted", { text })
        .then(({ rows }) => {
          if (rows.length !== 1 || !rows[0].name) return look(text);
          const row = E.lines.addMany(rows)[0];
          E.products.setTextboxValue("");
          E.changed();
          E.lines.cell(row, "quantity").focus();
        })
        .catch(() => look(text));
    form.addEventListener("paste", (event) => {
      if (form.dataset.sending) return;
      const field = event.target.closest("input, textarea");
      const text = event.clipboardData.getData("text");
      const many = text.trim().includes("\n");
      if (field === input && !many && COUNTED.test(text)) {
        event.preventDefault();
        takeOne(text);
        return;
      }
      const inLines = field === input || field?.closest("#entry-rows");
      if (!(many && inLines) && !(field === input && text.trim().includes("\t"))) return;
      event.preventDefault();
      take(text);
    });
  };
})();
