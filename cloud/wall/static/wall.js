// The live wall: replaces fragments as the server sends them, and lets ages run on when it does not.

const LOST_AFTER_MS = 5000;
const RECONNECT_MS = 2000;
const CLOCK = new Intl.DateTimeFormat("zh-CN", {
  timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
});

const body = document.body;
const list = document.getElementById("facilities");
const announced = new Set(lifeSafetyAlarms().map((row) => row.dataset.alarm));
let serverOffset = Number(body.dataset.now) - Date.now();
let lastBeat = performance.now();

function lifeSafetyAlarms() {
  return [...document.querySelectorAll("[data-alarm][data-say]")];
}

function age(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [unit, size] =
    seconds < 60 ? ["Seconds", 1] : seconds < 3600 ? ["Minutes", 60] : seconds < 86400 ? ["Hours", 3600] : ["Days", 86400];
  return body.dataset[`age${unit}`].replace("{n}", Math.floor(seconds / size));
}

function tick() {
  const now = Date.now() + serverOffset;
  document.getElementById("clock").textContent = CLOCK.format(now);
  for (const time of document.querySelectorAll("time[data-at]")) time.textContent = age(now - Number(time.dataset.at));
  for (const card of list.children) {
    const expired = now - Number(card.dataset.heard) > Number(card.dataset.staleAfter);
    card.classList.toggle("expired", expired);
    card.classList.toggle("stale", expired || "gone" in card.dataset);
  }
  const lost = performance.now() - lastBeat > LOST_AFTER_MS;
  document.getElementById("lost").hidden = !lost;
  body.classList.toggle("lost", lost);
}

function flash(element) {
  element.classList.add("flash");
  element.addEventListener("animationend", () => element.classList.remove("flash"), { once: true });
}

function showAlarms(before) {
  for (const row of document.querySelectorAll("[data-alarm]")) if (!before.has(row.dataset.alarm)) flash(row);
  const fresh = lifeSafetyAlarms().filter((row) => !announced.has(row.dataset.alarm));
  if (fresh.length) document.getElementById("announce").textContent = fresh.map((row) => row.dataset.say).join("; ");
  for (const row of fresh) announced.add(row.dataset.alarm);
}

function showFragment({ id, html }) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const fresh = template.content.firstElementChild;
  const old = document.getElementById(id);
  const alarms = new Set([...document.querySelectorAll("[data-alarm]")].map((row) => row.dataset.alarm));
  if (old) old.replaceWith(fresh);
  else list.append(fresh);
  if (id === "alarms") showAlarms(alarms);
  else if (old?.dataset.key !== fresh.dataset.key) flash(fresh);
  tick();
}

function showBeat({ now, build, facilities }) {
  if (build !== body.dataset.build) location.reload();
  serverOffset = now - Date.now();
  lastBeat = performance.now();
  const cards = facilities.map(([id, heard]) => {
    const card = document.getElementById(id);
    card.dataset.heard = heard;
    const time = card.querySelector("time");
    if (time) time.dataset.at = heard;
    return card;
  });
  // Only a changed order moves cards: a moved element restarts its animation.
  if (cards.length !== list.children.length || cards.some((card, place) => list.children[place] !== card)) {
    list.replaceChildren(...cards);
  }
  tick();
}

function connect() {
  const source = new EventSource(body.dataset.stream);
  source.addEventListener("fragment", (event) => showFragment(JSON.parse(event.data)));
  source.addEventListener("beat", (event) => showBeat(JSON.parse(event.data)));
  source.addEventListener("error", () => {
    // After an HTTP error the browser gives up for good; after a broken connection it comes back by itself.
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, RECONNECT_MS);
  });
}

connect();
tick();
setInterval(tick, 1000);
