// The thread on the page: lines become elements, kept in order, changed in place.

import { linked } from "./text.js";

const LONG = 1200; // characters after which a text is folded

export class View {
  constructor(log, settings, actions) {
    this.log = log;
    this.texts = settings.texts;
    this.actions = actions;
    this.lines = new Map();
    this.oldest = Infinity;
    const zone = { timeZone: settings.zone };
    const locale = settings.language === "zh" ? "zh-CN" : "en-GB";
    this.clock = new Intl.DateTimeFormat(locale, { ...zone, hour: "2-digit", minute: "2-digit", hour12: false });
    this.date = new Intl.DateTimeFormat(locale, { ...zone, month: "long", day: "numeric", weekday: "short" });
    this.dayKey = new Intl.DateTimeFormat("en-CA", { ...zone, year: "numeric", month: "2-digit", day: "2-digit" });
  }

  /** Show a stored line: new, or instead of what was shown under its name. */
  put(line) {
    // A change of a line that was never loaded is seen when it is.
    if (line.seq && line.seq < this.oldest && !this.lines.has(line.ref) && this.oldest !== Infinity && !line.fresh) return null;
    const known = this.lines.get(line.ref);
    const element = this.element(line);
    if (known) {
      known.replaceWith(element);
      if (known.dataset.state === "waiting") this.place(element, line);
    } else this.place(element, line);
    this.lines.set(line.ref, element);
    if (line.urgent && line.seq) this.dropUnstored(element);
    if (line.target) this.markChosen(line.target, line.text);
    if (line.seq) this.oldest = Math.min(this.oldest, line.seq);
    this.days();
    return element;
  }

  /** Show a message that is on its way. */
  putWaiting(item, images) {
    const known = this.lines.get(item.id);
    if (known && !known.dataset.state) return known;
    const element = this.element({
      ref: item.id, seq: 0, mine: true, text: item.text, buttons: [], files: [], at: new Date(item.at).toISOString(),
      waiting: !item.problem, problem: item.problem, images: images ?? known?.images ?? [], count: item.photos,
    });
    if (known) known.replaceWith(element);
    else this.log.append(element);
    this.lines.set(item.id, element);
    return element;
  }

  drop(ref) {
    this.lines.get(ref)?.remove();
    this.lines.delete(ref);
  }

  /** Advice shown while nothing could be stored gives way to the stored line that repeats it. */
  dropUnstored(stored) {
    for (const [ref, element] of this.lines) {
      if (element.dataset.state === "unstored" && element !== stored) this.drop(ref);
    }
  }

  place(element, line) {
    const after = line.seq
      ? [...this.log.children].find((other) => other.dataset.state || Number(other.dataset.seq) > line.seq)
      : null;
    this.log.insertBefore(element, after ?? null);
  }

  element(line) {
    const officer = !line.mine && line.author;
    const out = make("div", `line ${line.mine ? "mine" : officer ? "officer" : "bot"}`);
    out.classList.toggle("urgent", Boolean(line.urgent));
    out.dataset.ref = line.ref;
    out.dataset.seq = line.seq;
    out.dataset.day = this.dayKey.format(new Date(line.at));
    out.dataset.at = line.at;
    if (line.waiting || line.problem) out.dataset.state = "waiting";
    else if (!line.seq) out.dataset.state = "unstored";
    out.classList.toggle("waiting", Boolean(line.waiting));
    out.classList.toggle("failed", Boolean(line.problem));
    out.append(this.author(line, officer));
    if (line.text) out.append(...this.bubble(line));
    const pictures = this.pictures(line);
    if (pictures) out.append(pictures);
    if (line.buttons.length) out.append(this.choices(line));
    out.append(this.foot(line));
    if (line.problem) out.append(...this.problem(line));
    out.images = line.images;
    return out;
  }

  author(line, officer) {
    if (line.mine) return make("span", "visually-hidden", `${this.texts.me}：`);
    const out = make("span", "author");
    if (officer) {
      out.append(document.querySelector(".brand .shield").cloneNode(true));
      out.append(make("bdi", "", line.author));
      if (line.author !== this.texts.officer) out.append(make("span", "visually-hidden", ` ${this.texts.officer}`));
    } else out.append(this.texts.bot);
    return out;
  }

  bubble(line) {
    const bubble = make("p", "bubble");
    bubble.dir = "auto";
    const say = (text) => bubble.replaceChildren(line.mine ? text : linked(text, this.texts.call));
    if (line.text.length <= LONG) {
      say(line.text);
      return [bubble];
    }
    const fold = make("button", "fold", this.texts.more);
    fold.type = "button";
    fold.setAttribute("aria-expanded", "false");
    const short = `${line.text.slice(0, LONG - 200)}…`;
    say(short);
    fold.addEventListener("click", () => {
      const open = fold.getAttribute("aria-expanded") !== "true";
      fold.setAttribute("aria-expanded", String(open));
      fold.textContent = open ? this.texts.less : this.texts.more;
      say(open ? line.text : short);
    });
    return [bubble, fold];
  }

  pictures(line) {
    const sources = line.images?.length
      ? line.images.map((source) => ({ source }))
      : line.files.map((file, n) => (file.broken ? {} : { source: `/chat/files/${line.ref}/${n}` }));
    const missing = !sources.length && line.count ? line.count : 0;
    if (!sources.length && !missing) return null;
    const out = make("div", "pictures");
    if (missing) out.append(make("p", "", this.texts.photoWaiting));
    for (const { source } of sources) {
      if (!source) {
        out.append(make("p", "", this.texts.photoBroken));
        continue;
      }
      const image = make("img");
      image.src = source;
      image.alt = this.texts.photo;
      image.loading = "lazy";
      image.addEventListener("error", () => image.replaceWith(make("p", "", this.texts.photoBroken)));
      image.addEventListener("load", () => this.actions.grown());
      out.append(image);
    }
    return out;
  }

  choices(line) {
    const out = make("div", "choices");
    line.buttons.forEach((label, place) => {
      const button = make("button", "", label);
      button.type = "button";
      button.addEventListener("click", () => this.actions.press(line, place, label));
      out.append(button);
    });
    return out;
  }

  markChosen(ref, label) {
    for (const button of this.lines.get(ref)?.querySelectorAll(".choices button") ?? []) {
      const chosen = button.textContent === label;
      button.classList.toggle("chosen", chosen);
      button.setAttribute("aria-pressed", String(chosen));
    }
  }

  foot(line) {
    const out = make("p", "foot");
    const time = make("time", "", this.clock.format(new Date(line.at)));
    time.dateTime = line.at;
    out.append(time);
    if (line.edited) out.append(make("span", "", this.texts.edited));
    if (line.mine) {
      const state = line.problem ? "failed" : line.waiting ? "sending" : line.seen ? "seen" : "sent";
      out.append(make("span", `state ${state}`, this.texts[state]));
    }
    return out;
  }

  problem(line) {
    const said = make("p", "problem", line.problem);
    const actions = make("div", "choices");
    for (const [name, action] of [["retry", this.actions.retry], ["discard", this.actions.discard]]) {
      const button = make("button", "", this.texts[name]);
      button.type = "button";
      button.addEventListener("click", () => action(line.ref));
      actions.append(button);
    }
    return [said, actions];
  }

  /** A heading wherever a new day begins, once there is more than today. */
  days() {
    const lines = [...this.log.querySelectorAll(".line")];
    const today = this.dayKey.format(new Date());
    const yesterday = this.dayKey.format(new Date(Date.now() - 86400000));
    let before = lines.length && lines[0].dataset.day === today ? today : "";
    const wanted = new Set();
    for (const line of lines) {
      const { day } = line.dataset;
      if (day === before) continue;
      before = day;
      let heading = line.previousElementSibling;
      // One that stands right stays: what is inserted is read out.
      if (heading?.dataset.heading !== day) {
        const said = day === today ? this.texts.today : day === yesterday ? this.texts.yesterday : null;
        heading = make("p", "day", said ?? this.date.format(new Date(line.dataset.at)));
        heading.dataset.heading = day;
        line.before(heading);
      }
      heading.dataset.seq = line.dataset.seq;
      wanted.add(heading);
    }
    for (const heading of this.log.querySelectorAll(".day")) if (!wanted.has(heading)) heading.remove();
  }
}

function make(tag, name = "", text = "") {
  const out = document.createElement(tag);
  if (name) out.className = name;
  if (text) out.textContent = text;
  return out;
}
