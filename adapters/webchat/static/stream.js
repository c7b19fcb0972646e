// The live line to the server: it comes back by itself, asks for what it missed, and says honestly how it is.

const LOST = 40000; // milliseconds without a heartbeat (every 15 s) after which the line counts as dead

export class Stream extends EventTarget {
  constructor() {
    super();
    this.last = 0;
    this.pause = 1000;
    this.heard = 0;
    this.source = null;
    setInterval(() => {
      if (this.source?.readyState === EventSource.OPEN && Date.now() - this.heard > LOST) this.again();
    }, 5000);
    addEventListener("offline", () => this.say("offline"));
    addEventListener("online", () => this.again(0));
    // A phone that was asleep may hold a line that died long ago.
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && Date.now() - this.heard > LOST) this.again(0);
    });
  }

  /** Listen to what changes after number `last` of the thread. */
  open() {
    clearTimeout(this.timer);
    this.source?.close();
    this.heard = Date.now();
    const source = (this.source = new EventSource(`/chat/events?after=${this.last}`));
    source.addEventListener("ready", () => {
      this.pause = 1000;
      this.alive();
    });
    source.addEventListener("beat", () => this.alive());
    source.addEventListener("line", (event) => {
      this.alive();
      const line = JSON.parse(event.data);
      this.last = Math.max(this.last, line.changed);
      this.dispatchEvent(new CustomEvent("line", { detail: line }));
    });
    source.addEventListener("error", () => {
      if (source !== this.source) return;
      this.say(navigator.onLine ? "connecting" : "offline");
      // Browsers come back by themselves after a lost line, but not after an answer that was an error.
      if (source.readyState === EventSource.CLOSED) this.again();
    });
  }

  alive() {
    this.heard = Date.now();
    this.say("online");
  }

  again(pause = this.pause) {
    clearTimeout(this.timer);
    this.source?.close();
    this.say(navigator.onLine ? "connecting" : "offline");
    this.timer = setTimeout(() => this.open(), pause);
    this.pause = Math.min(this.pause * 2, 15000);
  }

  say(state) {
    if (this.state === state) return;
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: state }));
  }
}
