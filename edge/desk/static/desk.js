// A page looks again by itself: the tabs, and what is marked data-live, are replaced, unless somebody is in them.
// A paper does not: it is to be printed as it stands. Nor does the alarm board: it has a stream, and never goes away by itself.
const LOOK_MS = 3000;
const ALIVE_MS = 60000;
let touched = 0;

// After a form that could not be taken, the page is still the one it was sent from: to look again at, and to load again.
if (location.pathname !== document.body.dataset.at) history.replaceState(null, "", document.body.dataset.at);

function isWrittenIn(part) {
  return [...part.querySelectorAll("input[type=text], textarea")].some((field) => field.value);
}

async function look() {
  if (document.hidden || !document.getElementById("tabs") || document.querySelector(".paper, #watch")) return;
  const answer = await fetch(location.href, { headers: { "x-look": "1" }, redirect: "manual" });
  if (answer.status === 401) { location.assign("/login"); return; }
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const old of document.querySelectorAll("#tabs, [data-live]")) {
    const fresh = page.getElementById(old.id);
    if (fresh && !old.contains(document.activeElement) && !isWrittenIn(old) && old.innerHTML !== fresh.innerHTML) old.replaceWith(fresh);
  }
}

for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => {
  if (Date.now() - touched < ALIVE_MS) return;
  touched = Date.now();
  if (document.querySelector("nav.tabs")) fetch("/alive", { method: "POST" }).catch(() => {});
}, { passive: true });
setInterval(() => look().catch(() => {}), LOOK_MS);
for (const button of document.querySelectorAll("button[data-print]")) button.addEventListener("click", () => print());
