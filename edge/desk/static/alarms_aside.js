// On every other page of the desk: a red line says how many alarms wait unanswered, and it sounds as on the board.

const RING_EVERY_MS = 10_000;
const RECONNECT_MS = 5000;

const line = document.getElementById("alarms-call");
const sound = new Audio("/alarms/sound");
let rangAt = -Infinity;

function ring() {
  rangAt = performance.now();
  sound.currentTime = 0;
  sound.play().catch(() => {}); // before the first touch, or in a house where none sounds: the line is there all the same
}

function show({ unanswered, blind }) {
  line.hidden = !blind && !unanswered;
  line.textContent = blind ? line.dataset.blind : line.dataset.calls.replace("{n}", unanswered);
  if (unanswered > 0 && performance.now() - rangAt >= RING_EVERY_MS) ring();
}

function connect() {
  const source = new EventSource("/alarms/aside");
  source.addEventListener("beat", (event) => show(JSON.parse(event.data)));
  source.addEventListener("over", () => source.close());
  source.addEventListener("error", () => {
    // After an HTTP error the browser gives up for good; after a broken connection it comes back by itself.
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, RECONNECT_MS);
  });
}

if (!document.getElementById("watch")) connect();
