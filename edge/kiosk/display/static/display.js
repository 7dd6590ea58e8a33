// The call display: shows each board as the server sends it, and says what is new on it, one call after the other.

const LOST_AFTER_MS = 4000;
const RECONNECT_MS = 1000;
const CLOCK = new Intl.DateTimeFormat("zh-CN", {
  timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
});

const voice = document.getElementById("voice");
const known = new Set(calls().map((row) => row.dataset.call));  // what stood there before is not called again
const toSay = [];
let saying = null;
let muted = false;
let lastBeat = performance.now();

function calls() {
  return [...document.querySelectorAll("[data-call]")];
}

function mark() {
  for (const row of calls()) row.classList.toggle("saying", row.dataset.call === saying?.key);
  document.getElementById("muted").hidden = !muted;
}

function sayNext() {
  saying = toSay.shift() ?? null;
  mark();
  if (!saying) return;
  document.getElementById("announce").textContent = saying.text;
  voice.src = saying.sound;
  voice.play().then(
    () => (muted = false),
    (error) => {
      if (error.name !== "NotAllowedError") return;  // a sound that does not load: "error" goes on
      muted = true;  // the browser wants a touch first; the screen itself goes on
      setTimeout(sayNext, 3000);
    },
  ).finally(mark);
}

function show(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  document.getElementById("board").replaceWith(template.content.querySelector("#board"));
  const fresh = calls().filter((row) => !known.has(row.dataset.call)).reverse();  // the newest stands first
  for (const row of fresh) {
    known.add(row.dataset.call);
    const text = `${row.querySelector(".number").textContent} ${row.querySelector(".window").textContent}`;
    toSay.push({ key: row.dataset.call, sound: row.dataset.sound, text });
  }
  if (saying) mark();
  else sayNext();
}

function beat({ now, build }) {
  if (build !== document.body.dataset.build) location.reload();
  lastBeat = performance.now();
  document.getElementById("clock").textContent = CLOCK.format(now);
  tick();
}

function tick() {
  const silent = performance.now() - lastBeat;
  const lost = silent > LOST_AFTER_MS;
  document.getElementById("lost").hidden = !lost;
  document.body.classList.toggle("lost", lost);
  const age = document.getElementById("age"), seconds = Math.round(silent / 1000);
  if (lost) age.textContent = `${age.dataset.zh} ${age.dataset.en}`.replaceAll("{n}", seconds);
}

function connect() {
  const source = new EventSource("/display/stream");
  source.addEventListener("board", (event) => show(JSON.parse(event.data).html));
  source.addEventListener("beat", (event) => beat(JSON.parse(event.data)));
  source.addEventListener("error", () => {
    // After an HTTP error the browser gives up for good; after a broken connection it comes back by itself.
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, RECONNECT_MS);
  });
}

voice.addEventListener("ended", sayNext);
voice.addEventListener("error", sayNext);
addEventListener("pointerdown", () => {
  muted = false;  // from now on the browser plays
  mark();
});
connect();
setInterval(tick, 500);
