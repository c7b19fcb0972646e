// Live news for the staff's pages: one stream, passed on as events that htmx listens to.
//
// Each news item of topic "desk" becomes the event "live:desk" on <body>, its data in `detail`. After every
// (re)connection all topics are announced, so that whatever was missed is read again.

const LOST = 45000; // three heartbeats in milliseconds
const state = document.querySelector("[data-live]");
let source = null;
let heard = 0;
let pause = 1000;

function announce(topic, detail) {
  document.body.dispatchEvent(new CustomEvent(`live:${topic}`, { detail, bubbles: true }));
}

function show(alive) {
  if (!state) return;
  const text = alive ? state.dataset.on : state.dataset.off;
  state.classList.toggle("off", !alive);
  if (state.textContent !== text) state.textContent = text;
}

function listen() {
  source = new EventSource("/events");
  heard = Date.now();
  source.addEventListener("ready", (event) => {
    pause = 1000;
    heard = Date.now();
    show(true);
    for (const topic of JSON.parse(event.data)) announce(topic, {});
  });
  source.addEventListener("news", (event) => {
    heard = Date.now();
    const { topic, ...detail } = JSON.parse(event.data);
    announce(topic, detail);
  });
  source.addEventListener("beat", () => (heard = Date.now()));
  source.addEventListener("error", () => {
    show(false);
    // After an answer that is no stream (a restart behind a proxy, a session that ended) browsers give up.
    if (source.readyState === EventSource.CLOSED) again();
  });
}

function again() {
  source.close();
  show(false);
  setTimeout(listen, pause);
  pause = Math.min(pause * 2, 15000);
}

setInterval(() => {
  if (source.readyState === EventSource.OPEN && Date.now() - heard > LOST) again();
}, 5000);

// A session that ended answers 401 and says where to log in; a form that was refused says why.
document.body.addEventListener("htmx:beforeSwap", (event) => {
  const status = event.detail.xhr.status;
  if (status === 409 || status === 422) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

listen();
