// The residents' page: what is written goes out through `unsent`, what comes in arrives through `stream`.

import { Photos } from "./photos.js";
import { Stream } from "./stream.js";
import { Unsent } from "./unsent.js";
import { View } from "./view.js";

const settings = JSON.parse(document.getElementById("settings").textContent);
const { texts } = settings;
const [scroll, log, newer, earlier, connection, composer, field] = [
  "scroll", "log", "newer", "earlier", "connection", "composer", "text",
].map((id) => document.getElementById(id));

const unsent = new Unsent();
unsent.lost = texts.photoLost;
const stream = new Stream();
const view = new View(log, settings, {
  press: (line, button, label) => send(label, [], { line: line.ref, button }),
  retry: (ref) => unsent.retry(ref),
  discard: (ref) => {
    view.drop(ref);
    unsent.remove(ref);
    field.focus();
  },
  grown: () => follow(false),
});
const photos = new Photos(texts, (problem) => say(problem, true));
const title = document.title;
let atEnd = true;

// The end of the thread stays in sight unless the reader went up to read.
scroll.addEventListener("scroll", () => {
  atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 60;
  if (atEnd) newer.hidden = true;
});
function follow(must) {
  if (must || atEnd) scroll.scrollTop = scroll.scrollHeight;
  else newer.hidden = false;
}
newer.addEventListener("click", () => follow(true));
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) document.title = title;
});

function say(text, off) {
  connection.classList.toggle("off", off);
  if (connection.textContent !== text) connection.textContent = text;
}
const state = () => say(texts[stream.state ?? "connecting"], stream.state !== "online");

// In ------------------------------------------------------------------------------------------------------

stream.addEventListener("state", state);
stream.addEventListener("line", ({ detail: line }) => receive(line));

function receive(line) {
  const known = view.lines.has(line.ref);
  if (line.mine) unsent.remove(line.ref);
  if (!view.put(line)) return;
  if (!known) {
    follow(line.mine);
    if (document.hidden && !line.mine) document.title = `● ${texts.news} · ${title}`;
  } else if (atEnd) follow(true);
}

async function load(query) {
  const response = await fetch(`/chat/lines${query}`);
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}

earlier.addEventListener("click", async () => {
  earlier.disabled = true;
  try {
    const { lines, more } = await load(`?before=${view.oldest}`);
    const height = scroll.scrollHeight;
    for (const line of lines.reverse()) view.put({ ...line, fresh: true });
    scroll.scrollTop += scroll.scrollHeight - height;
    earlier.hidden = !more;
  } catch {
    state();
  }
  earlier.disabled = false;
});

async function start() {
  for (let pause = 1000; ; pause = Math.min(pause * 2, 15000)) {
    try {
      const { lines, more } = await load("");
      for (const line of lines) {
        view.put({ ...line, fresh: true });
        if (line.mine) unsent.remove(line.ref);
        stream.last = Math.max(stream.last, line.changed);
      }
      earlier.hidden = !more;
      break;
    } catch {
      say(texts.connecting, true);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  for (const item of unsent.items) view.putWaiting(item);
  log.removeAttribute("aria-busy");
  if (log.children.length) follow(true);
  stream.open();
  unsent.pump();
}

// Out -----------------------------------------------------------------------------------------------------

unsent.addEventListener("change", ({ detail: item }) => {
  view.putWaiting(item);
  follow(true);
});
unsent.addEventListener("sent", ({ detail: item }) => {
  // Kept by the server. The line itself comes by the stream; until then this one stands for it.
  unsent.remove(item.id);
  state();
  if (stream.state !== "online") catchUp();
});
unsent.addEventListener("waiting", ({ detail: { error } }) => say(error?.what ?? texts.connecting, true));

async function catchUp() {
  try {
    const { lines } = await load(`?after=${stream.last}`);
    for (const line of lines) {
      stream.last = Math.max(stream.last, line.changed);
      receive(line);
    }
  } catch {
    // The stream brings them when it is back.
  }
}

async function send(text, chosen = [], press = null) {
  const images = chosen.map((photo) => URL.createObjectURL(photo));
  const item = await unsent.add(text, chosen, press);
  if (images.length && view.lines.get(item.id)?.dataset.state) view.putWaiting(item, images);
  follow(true);
}

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = field.value.trim();
  if (!text && !photos.chosen.length) {
    field.focus();
    return;
  }
  send(text, photos.take());
  field.value = "";
  grow();
  field.focus();
});
field.addEventListener("keydown", (event) => {
  // Not while an input method is composing: there Enter chooses a word.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  composer.requestSubmit();
});
function grow() {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + 2}px`;
}
field.addEventListener("input", grow);

for (const chip of document.querySelectorAll("#examples button")) {
  chip.addEventListener("click", () => send(chip.textContent.trim()));
}

state();
start();
