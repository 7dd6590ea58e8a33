// The alarm board: shows each board as the server sends it, sounds while somebody waits unanswered, and sends the steps.
// A page that is not up to date says so, and sounds too: a silent board must mean that nobody is in need.

const LOST_AFTER_MS = 4000;
const RECONNECT_MS = 1000;
const RING_EVERY_MS = 10_000;
const STEADY_MS = 400; // a button that has just moved under a finger was not meant

const $ = (id) => document.getElementById(id);
const watch = $("watch");
const title = document.title;
const known = new Set();
let ahead = 0; // of the box's clock, against this screen's
let lastBeat = performance.now();
let movedAt = -Infinity;
let rangAt = -Infinity;
let pressed = false;
let held = null; // a board that came while a finger was on the screen

function unanswered() {
  return [...document.querySelectorAll("[data-unanswered]")];
}

function show(html) {
  if (pressed) {
    held = html;
    return;
  }
  const template = document.createElement("template");
  template.innerHTML = html;
  const fresh = template.content.querySelector("#board"), old = $("board");
  const order = (board) => [...board.querySelectorAll("[data-alarm]")].map((row) => row.dataset.alarm).join();
  if (order(fresh) !== order(old)) movedAt = performance.now();
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  old.replaceWith(fresh);
  if (focused) $(focused)?.focus({ preventScroll: true });
  notice();
  tick();
}

function notice() {
  const waiting = unanswered();
  const fresh = waiting.filter((row) => !known.has(row.dataset.alarm));
  known.clear();
  for (const row of waiting) known.add(row.dataset.alarm);
  if (fresh.length) {
    $("announce").textContent = fresh.map((row) => row.dataset.unanswered).join("; ");
    ring();
  }
  document.title = waiting.length ? `(${waiting.length}) ${title}` : title;
}

function ring() {
  const sound = $("ring");
  if (!sound) return; // no alarm sounds in this house
  rangAt = performance.now();
  sound.currentTime = 0;
  sound.play().then(
    () => ($("muted").hidden = true),
    (error) => ($("muted").hidden = error.name !== "NotAllowedError"),
  );
}

function clock(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (n) => String(n).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

function tick() {
  const now = Date.now() + ahead;
  for (const time of document.querySelectorAll("[data-since]")) time.textContent = clock(now - Number(time.dataset.since));
  $("lost").hidden = !$("over").hidden || performance.now() - lastBeat <= LOST_AFTER_MS;
  const isDeaf = !$("lost").hidden || !$("over").hidden || $("blind");
  if ((isDeaf || unanswered().length) && performance.now() - rangAt >= RING_EVERY_MS) ring();
}

function connect() {
  const source = new EventSource("/alarms/stream");
  source.addEventListener("board", (event) => show(JSON.parse(event.data).html));
  source.addEventListener("beat", (event) => {
    const { now, blind, build } = JSON.parse(event.data);
    if (build !== watch.dataset.build) location.reload();
    if (!blind) ahead = now - Date.now();
    lastBeat = performance.now();
    tick();
  });
  source.addEventListener("over", () => {
    source.close();
    over();
  });
  source.addEventListener("error", async () => {
    // After an HTTP error the browser gives up for good; after a broken connection it comes back by itself.
    if (source.readyState !== EventSource.CLOSED) return;
    const answer = await fetch("/alarms", { headers: { "x-look": "1" } }).catch(() => null);
    if (answer?.status === 401) over();
    else setTimeout(connect, RECONNECT_MS);
  });
}

function over() {
  $("over").hidden = false;
  tick();
}

function tell(done, text) {
  const told = $("told");
  told.className = `said ${done ? "done" : "not"}`;
  told.textContent = text;
  told.hidden = false;
}

document.addEventListener("submit", async (event) => {
  if (!event.target.closest("#board")) return;
  event.preventDefault();
  if (performance.now() - movedAt < STEADY_MS) {
    tell(false, watch.dataset.again);
    return;
  }
  const body = new URLSearchParams(new FormData(event.target, event.submitter));
  for (const button of event.target.querySelectorAll("button")) button.disabled = true;
  try {
    const answer = await fetch("/alarms/step", {
      method: "POST", body, headers: { accept: "application/json" }, redirect: "manual",
    });
    if (answer.type === "opaqueredirect") {
      over();
      return;
    }
    const { done, text, html } = await answer.json();
    if (!html) {
      location.reload(); // the form was of another session
      return;
    }
    show(html);
    tell(done, text);
  } catch {
    event.target.querySelectorAll("button").forEach((button) => (button.disabled = false));
    $("lost").hidden = false;
  }
});

addEventListener("pointerdown", () => (pressed = true));
for (const end of ["pointerup", "pointercancel"]) {
  addEventListener(end, () => setTimeout(() => {
    pressed = false;
    if (held === null) return;
    const html = held;
    held = null;
    show(html);
  }, 50)); // the click comes first
}
$("muted").addEventListener("click", ring);
notice();
connect();
setInterval(tick, 500);
