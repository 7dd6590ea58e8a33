// The device console: takes what the server sends, and hands keys and clicks on.

import { FrameList, acceptor } from "./frames.js";
import { Detail } from "./detail.js";
import { Tabs, sendForms, showFaultFields } from "./forms.js";

const LOST_AFTER_MS = 5000;
const RECONNECT_MS = 1000;
const ALIVE_EVERY_MS = 60_000;

const $ = (id) => document.getElementById(id);
const body = document.body;
const say = body.dataset;
const cells = {};
const zero = {}; // counters as they were when "compare from now" was pressed
let compares = false;
let lastBeat = performance.now();
let came = [];
let chosen = say.device;
let usedAt = 0;

const detail = new Detail($("decoded").querySelector("table"), $("parts"), $("undecoded"), $("hex"), {
  hidden: say.hidden, undone: say.undone,
});
const frames = new FrameList(
  $("grid"), $("rows"), { rx: say.dirRx, tx: say.dirTx, news: say.dirNews, line: say.dirLine },
  { onSelect: (line) => detail.show(line), onDraw: showCounts },
);
const tabs = new Tabs($("tabs"));

// what the server sends

function connect() {
  const source = new EventSource(`/console/stream?lang=${say.lang}`);
  source.addEventListener("fragment", (event) => showFragment(JSON.parse(event.data)));
  source.addEventListener("cells", (event) => {
    Object.assign(cells, JSON.parse(event.data));
    showCells(body);
  });
  source.addEventListener("frames", (event) => {
    const lines = JSON.parse(event.data);
    came.push([performance.now(), lines.length]);
    frames.add(lines);
  });
  source.addEventListener("beat", (event) => {
    lastBeat = performance.now();
    if (JSON.parse(event.data).build !== say.build) location.reload();
  });
  source.addEventListener("over", leave);
  source.addEventListener("error", async () => {
    // After an HTTP error the browser gives up for good; after a broken connection it comes back by itself.
    if (source.readyState !== EventSource.CLOSED) return;
    const answer = await fetch(`/console/tools?lang=${say.lang}`).catch(() => null);
    if (answer?.status === 401) leave();
    else setTimeout(connect, RECONNECT_MS);
  });
}

function leave() {
  location.replace(`/login?lang=${say.lang}&over`);
}

function showFragment({ id, html }) {
  const old = $(id);
  const template = document.createElement("template");
  template.innerHTML = html;
  const fresh = template.content.firstElementChild;
  if (!old || old.outerHTML === fresh.outerHTML) return;
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const typed = [...old.querySelectorAll("input[id], select[id]")].filter((field) => field.type !== "hidden").map((field) => [field.id, field.value]);
  old.replaceWith(fresh);
  for (const [field, value] of typed) if ($(field)) $(field).value = value;
  if (focused?.id) $(focused.id)?.focus({ preventScroll: true });
  showFaultFields(fresh);
  showCells(fresh);
  showChosen();
}

function showCells(root) {
  for (const element of root.querySelectorAll("[data-cell]")) {
    const value = cells[element.dataset.cell];
    if (value === undefined || "age" in element.dataset) continue;
    element.textContent = value;
    if ("counter" in element.dataset && compares) {
      const more = document.createElement("span");
      more.className = "more";
      more.textContent = ` +${Number(value) - Number(zero[element.dataset.cell] ?? 0)}`;
      element.append(more);
    }
  }
}

function age(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [unit, size] =
    seconds < 60 ? ["Seconds", 1] : seconds < 3600 ? ["Minutes", 60] : seconds < 86400 ? ["Hours", 3600] : ["Days", 86400];
  return say[`age${unit}`].replace("{n}", Math.floor(seconds / size));
}

function tick() {
  const now = Date.now();
  for (const element of document.querySelectorAll("[data-age]")) {
    const at = cells[element.dataset.cell];
    if (at === undefined) continue;
    element.textContent = age(now - Number(at));
    element.classList.toggle("old", Boolean(element.dataset.stale) && now - Number(at) > Number(element.dataset.stale));
  }
  for (const element of document.querySelectorAll("[data-ends]")) {
    element.textContent = say.left.replace("{n}", Math.max(0, Math.ceil((Number(element.dataset.ends) - now) / 1000)));
  }
  const lost = performance.now() - lastBeat > LOST_AFTER_MS;
  $("lost").hidden = !lost;
  came = came.filter(([at]) => performance.now() - at < 2000);
  $("rate").textContent = say.rate.replace("{n}", Math.round(came.reduce((sum, [, count]) => sum + count, 0) / 2));
}

function showCounts() {
  const text = frames.paused ? say.paused.replace("{n}", frames.waiting) : say.shown.replace("{n}", frames.visible).replace("{m}", frames.total);
  $("shown").textContent = text;
}

// what the technician does

function refilter() {
  const ports = new Map();
  for (const link of document.querySelectorAll("[data-device]")) {
    const port = link.closest("[data-port]");
    // Of a line with several devices, a frame belongs to all of them.
    if (port) ports.set(link.dataset.device, Number(port.dataset.port));
  }
  frames.filter(acceptor({
    text: $("filter").value, direction: $("direction").value, errors: $("errors").checked,
    device: $("only").checked ? chosen : "", ports,
  }));
}

function pause(paused = !frames.paused) {
  frames.pause(paused);
  $("pause").setAttribute("aria-pressed", paused);
  $("pause").textContent = paused ? say.goOn : say.pause;
}

function showChosen() {
  for (const link of document.querySelectorAll("a[data-device]")) {
    if (link.dataset.device === chosen) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

async function choose(device) {
  chosen = device;
  showChosen();
  history.replaceState(null, "", `/console?lang=${say.lang}&device=${encodeURIComponent(device)}`);
  refilter();
  const answer = await fetch(`/console/tools?lang=${say.lang}&device=${encodeURIComponent(device)}`).catch(() => null);
  if (answer?.status === 401) leave();
  if (answer?.ok && chosen === device) for (const panel of await answer.json()) showPanel(panel);
}

function showPanel({ id, html }) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const fresh = template.content.firstElementChild;
  $(id).replaceWith(fresh);
  showFaultFields(fresh);
  showCells(fresh);
}

function showSaid({ done, text }) {
  $("said").textContent = `${done ? "✓" : "▲"} ${text}`;
  $("said").classList.toggle("wrong", !done);
}

function showHelp() {
  if (!$("help").open) $("help").showModal();
}

const KEYS = {
  " ": () => pause(),
  "/": () => $("filter").focus(),
  j: () => frames.move(1),
  k: () => frames.move(-1),
  ArrowDown: () => frames.move(1),
  ArrowUp: () => frames.move(-1),
  m: () => frames.mark(),
  r: () => { tabs.openByName("recording"); $("record-name")?.focus(); },
  f: () => tabs.openByName("drill"),
  "?": showHelp,
};

document.addEventListener("keydown", (event) => {
  const at = event.target;
  if (event.ctrlKey || event.altKey || event.metaKey || $("help").open) return;
  if (at.id === "filter" && event.key === "Escape") $("grid").focus();
  if (at.closest("input:not([type=checkbox]), select, textarea")) return;
  if (event.key === " " && at.closest("button, a, input, summary")) return; // space is theirs
  if (event.key.startsWith("Arrow") && at.id !== "grid") return;
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

for (const name of ["keydown", "pointerdown"]) {
  document.addEventListener(name, () => {
    if (performance.now() - usedAt < ALIVE_EVERY_MS && usedAt) return;
    usedAt = performance.now();
    fetch("/console/alive", {
      method: "POST", body: new URLSearchParams({ csrf: say.csrf }), headers: { accept: "application/json" },
    }).catch(() => null);
  });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-device]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  choose(link.dataset.device);
});
for (const id of ["filter", "direction", "errors", "only"]) $(id).addEventListener("input", refilter);
$("pause").addEventListener("click", () => pause());
$("latest").addEventListener("click", () => { if (frames.paused) pause(false); frames.toNewest(); });
$("clear").addEventListener("click", () => frames.clear());
$("show-help").addEventListener("click", showHelp);
$("zero").addEventListener("click", () => {
  Object.assign(zero, cells);
  compares = true;
  showCells(body);
});

sendForms({ onSaid: showSaid, onOver: leave });
showFaultFields(body);
showChosen();
connect();
setInterval(tick, 500);
tick();
