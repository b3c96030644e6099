// Lines of goods in a text: while a product is typed in a line, what it can be stands below.
(() => {
  const SHORTEST = 2;
  const COUNTED = /[\t;,，；]|\s[-+−]?\d[\d.,]*$|[×*]/;

  window.Orderwell.offering({
    kind: "goods",
    fields: "textarea[data-goods]",
    pause: 150,
    label: (field) => field.labels[0]?.textContent.trim() || field.name,
    // The line with the cursor, if the cursor stands at its end and the line names no quantity yet.
    typed: (field) => {
      const at = field.selectionEnd;
      const start = field.value.lastIndexOf("\n", at - 1) + 1;
      const next = field.value.indexOf("\n", at);
      const end = next < 0 ? field.value.length : next;
      const text = field.value.slice(start, end);
      return at === end && text.trim().length >= SHORTEST && !COUNTED.test(text)
        ? { start, end, text: text.trim() }
        : null;
    },
    address: (field) => field.dataset.goods,
    // What is typed whole already needs no offer.
    items: ({ hits }, line) => (hits.length === 1 && hits[0].sku.toLowerCase() === line.text.toLowerCase() ? [] : hits),
    row: (hit) => {
      const sku = document.createElement("strong");
      sku.className = "mono me-2";
      sku.textContent = hit.sku;
      return { value: hit.sku, parts: [sku, hit.name], aside: hit.there };
    },
    take: (field, sku, line) => {
      field.setRangeText(sku + ("goodsCodes" in field.dataset ? "\n" : " "), line.start, line.end, "end");
      field.dispatchEvent(new Event("change", { bubbles: true }));
    },
  });
})();
