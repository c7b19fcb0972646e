// What was written and is not yet known to have arrived: it survives a reload, and is repeated with its own id
// until the server says that it is kept. The same id never makes a second message.

const PREFIX = "webchat.unsent.";
const FATAL = new Set([400, 401, 404, 413]);

/** A random id for a message. `crypto.randomUUID` exists on secure pages only. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Photos wait in IndexedDB: localStorage is too small for them. Where it is missing they wait in memory. */
class Photos {
  constructor() {
    this.memory = new Map();
    this.opened = new Promise((resolve) => {
      try {
        const request = indexedDB.open("webchat", 1);
        request.onupgradeneeded = () => request.result.createObjectStore("photos");
        request.onsuccess = () => resolve(request.result);
        request.onerror = request.onblocked = () => resolve(null);
      } catch {
        resolve(null);
      }
    });
  }

  async run(mode, work) {
    const database = await this.opened;
    if (!database) return null;
    return new Promise((resolve) => {
      const transaction = database.transaction("photos", mode);
      const request = work(transaction.objectStore("photos"));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => resolve(null);
    });
  }

  async keep(id, photos) {
    this.memory.set(id, photos);
    await this.run("readwrite", (store) => store.put(photos, id));
  }

  async find(id) {
    return this.memory.get(id) ?? (await this.run("readonly", (store) => store.get(id))) ?? null;
  }

  async forget(id) {
    this.memory.delete(id);
    await this.run("readwrite", (store) => store.delete(id));
  }
}

export class Unsent extends EventTarget {
  constructor() {
    super();
    this.photos = new Photos();
    this.items = this.load();
    this.pumping = false;
    this.wake = null;
    addEventListener("online", () => this.hurry());
  }

  load() {
    const items = [];
    try {
      for (const key of Object.keys(localStorage)) {
        if (!key.startsWith(PREFIX)) continue;
        try {
          items.push({ ...JSON.parse(localStorage[key]), problem: "" });
        } catch {
          localStorage.removeItem(key);
        }
      }
    } catch {
      // Storage may be switched off: then a message lives as long as its page.
    }
    return items.sort((a, b) => a.at - b.at);
  }

  save(item) {
    const { problem, ...kept } = item;
    try {
      localStorage[PREFIX + item.id] = JSON.stringify(kept);
    } catch {
      // Full or switched off: the page still holds it.
    }
  }

  /** Add a message, or a press when `press` is {line, button}; it is being sent when this returns. */
  async add(text, photos = [], press = null) {
    const item = { id: newId(), text, photos: photos.length, press, at: Date.now(), problem: "" };
    if (photos.length) await this.photos.keep(item.id, photos);
    this.save(item);
    this.items.push(item);
    this.changed(item);
    this.pump();
    return item;
  }

  /** Forget a message: it arrived, or its writer gave it up. */
  async remove(id) {
    const place = this.items.findIndex((item) => item.id === id);
    if (place < 0) return;
    const [item] = this.items.splice(place, 1);
    try {
      localStorage.removeItem(PREFIX + id);
    } catch {
      // Nothing was kept.
    }
    if (item.photos) await this.photos.forget(id);
  }

  retry(id) {
    const item = this.items.find((other) => other.id === id);
    if (!item) return;
    item.problem = "";
    this.changed(item);
    this.hurry();
  }

  hurry() {
    this.wake?.();
    this.pump();
  }

  changed(item) {
    this.dispatchEvent(new CustomEvent("change", { detail: item }));
  }

  /** Send what waits, one after the other, so that their order holds. */
  async pump() {
    if (this.pumping) return;
    this.pumping = true;
    let pause = 1000;
    for (let item; (item = this.items.find((other) => !other.problem)); ) {
      const { status, error, wait } = await this.post(item);
      if (status === 200) {
        pause = 1000;
        this.dispatchEvent(new CustomEvent("sent", { detail: item }));
      } else if (FATAL.has(status)) {
        item.problem = [error?.what, error?.fix].filter(Boolean).join(" ") || " ";
        this.changed(item);
      } else {
        this.dispatchEvent(new CustomEvent("waiting", { detail: { item, error, status } }));
        const jitter = 0.75 + Math.random() / 2;
        await new Promise((resolve) => {
          this.wake = resolve;
          setTimeout(resolve, wait ? wait * 1000 : pause * jitter);
        });
        this.wake = null;
        pause = Math.min(pause * 2, 15000);
      }
    }
    this.pumping = false;
  }

  async post(item) {
    const request = { method: "POST", signal: AbortSignal.timeout(item.photos ? 300000 : 20000) };
    let url = "/chat/messages";
    if (item.press) {
      url = "/chat/press";
      request.body = JSON.stringify({ id: item.id, ...item.press });
    } else if (item.photos) {
      const photos = await this.photos.find(item.id);
      if (!photos) return { status: 400, error: { what: this.lost } };
      request.body = new FormData();
      request.body.append("id", item.id);
      request.body.append("text", item.text);
      for (const photo of photos) request.body.append("photo", photo, "photo");
    } else {
      request.body = JSON.stringify({ id: item.id, text: item.text });
    }
    if (typeof request.body === "string") request.headers = { "Content-Type": "application/json" };
    try {
      const response = await fetch(url, request);
      const body = await response.json().catch(() => ({}));
      return { status: response.status, error: body.error, wait: Number(response.headers.get("Retry-After")) || 0 };
    } catch {
      return { status: 0 };
    }
  }
}
