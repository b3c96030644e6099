// What the device keeps: its queue of actions, the work it has fetched, how far each task is. For pages and for the worker.
(() => {
  const KEPT_DONE = 40; // so many of the actions that went well are still shown
  let opened = null;
  const open = () =>
    (opened ??= new Promise((resolve, reject) => {
      const asked = indexedDB.open("orderwell-handheld", 1);
      asked.onupgradeneeded = () => {
        const base = asked.result;
        base.createObjectStore("queue", { keyPath: "key" }).createIndex("user", "user");
        for (const name of ["work", "progress", "session"]) base.createObjectStore(name, { keyPath: "id" });
      };
      asked.onsuccess = () => {
        asked.result.onversionchange = () => {
          asked.result.close();
          opened = null;
        };
        resolve(asked.result);
      };
      asked.onerror = () => {
        opened = null;
        reject(asked.error);
      };
    }));
  const answer = (asked) =>
    new Promise((resolve, reject) => {
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  // A change counts once the disk has it: the promise is kept when the transaction is complete, not before.
  const change = async (name, act) => {
    const base = await open();
    return new Promise((resolve, reject) => {
      let found;
      const transaction = base.transaction(name, "readwrite", { durability: "strict" });
      transaction.oncomplete = () => resolve(found);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
      const asked = act(transaction.objectStore(name));
      if (asked)
        asked.onsuccess = () => {
          found = asked.result;
        };
    });
  };
  const get = async (name, key) => answer((await open()).transaction(name).objectStore(name).get(key));
  const all = async (name) => answer((await open()).transaction(name).objectStore(name).getAll());
  const put = (name, row) => change(name, (rows) => rows.put(row));
  const remove = (name, key) => change(name, (rows) => rows.delete(key));
  const clear = (name) => change(name, (rows) => rows.clear());

  const queued = async (user) => {
    const rows = await all("queue");
    return rows
      .filter((row) => user === undefined || row.user === user)
      .sort((a, b) => a.made - b.made || a.turn - b.turn);
  };
  const tidy = async () => {
    const done = (await queued()).filter((row) => row.state === "done");
    await Promise.all(done.slice(0, Math.max(0, done.length - KEPT_DONE)).map((row) => remove("queue", row.key)));
  };
  // Signing out: what was fetched goes, what is not sent yet stays for the person who did it. Work begun stays as well.
  const forget = async () => {
    await clear("work");
    await clear("session");
  };

  self.OrderwellStore = { get, all, put, remove, clear, queued, tidy, forget };
})();
