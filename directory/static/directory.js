// What the visitor's own device does best: telling how far things are without telling anybody where it is, and
// handing the page on. Without scripts neither button is there.

const near = document.querySelector("[data-near]");
const share = document.querySelector("[data-share]");
const RADIUS = 6371; // of the earth, in kilometres
let here = null;

function kilometres(card) {
  if (!card?.dataset.latitude) return Infinity;
  const [from, to, east] = [here.latitude, Number(card.dataset.latitude), Number(card.dataset.longitude) - here.longitude].map(
    (degrees) => (degrees * Math.PI) / 180,
  );
  const across = Math.sin((to - from) / 2) ** 2 + Math.cos(from) * Math.cos(to) * Math.sin(east / 2) ** 2;
  return 2 * RADIUS * Math.asin(Math.sqrt(across));
}

function told(distance) {
  const metres = distance < 1;
  const digits = distance < 10 && !metres ? 1 : 0;
  const unit = new Intl.NumberFormat(document.documentElement.lang, {
    style: "unit", unit: metres ? "meter" : "kilometer", unitDisplay: "long", maximumFractionDigits: digits,
  });
  return unit.format(metres ? Math.max(50, Math.round(distance * 20) * 50) : distance);
}

// The nearest first within each group; what has no place stays behind them, in its order.
function sort() {
  if (!here) return;
  for (const list of document.querySelectorAll("#found ul.grid")) {
    const items = [...list.children].map((item) => ({ item, card: item.querySelector("[data-latitude]") }));
    for (const one of items) one.far = kilometres(one.card);
    items.sort((a, b) => (a.far === b.far ? 0 : a.far - b.far));
    list.append(...items.map((one) => one.item));
    for (const { card, far } of items.filter((one) => one.card)) {
      const line = card.querySelector("[data-distance]");
      line.textContent = near.dataset.away.replace("{far}", told(far));
      line.hidden = false;
    }
  }
}

if (near && navigator.geolocation) {
  const button = near.querySelector("button");
  const state = near.querySelector("[role=status]");
  near.hidden = false;
  button.addEventListener("click", () => {
    state.textContent = near.dataset.asking;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        here = coords;
        sort();
        state.textContent = near.dataset.done;
      },
      () => (state.textContent = near.dataset.failed),
      { timeout: 15000, maximumAge: 300000 },
    );
  });
  // Results that came while one types.
  document.body.addEventListener("htmx:afterSwap", sort);
}

if (share && (navigator.share || navigator.clipboard)) {
  const state = share.querySelector("[role=status]");
  share.hidden = false;
  share.querySelector("button").addEventListener("click", async () => {
    const told = { title: document.title, url: location.origin + location.pathname };
    try {
      if (navigator.share) {
        await navigator.share(told);
      } else {
        await navigator.clipboard.writeText(told.url);
        state.textContent = share.dataset.done;
      }
    } catch (problem) {
      // Whoever closes the list of programs to share with has changed their mind.
      if (problem.name !== "AbortError") state.textContent = `${share.dataset.failed} ${told.url}`;
    }
  });
}
