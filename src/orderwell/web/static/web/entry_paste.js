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
    form.addEventListener("paste", (event) => {
      const field = event.target.closest("input, textarea");
      const text = event.clipboardData.getData("text");
      const many = text.trim().includes("\n");
      const inLines = field === input || field?.closest("#entry-rows");
      if (!(many && inLines) && !(field === input && text.trim().includes("\t"))) return;
      event.preventDefault();
      take(text);
    });
  };
})();
