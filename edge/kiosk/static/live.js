// The page follows its session on the server: another version loads it again, an ended session leads home.
const { at, home } = document.documentElement.dataset;
const version = document.body.dataset.version;
if (version !== undefined) {
  const stream = new EventSource(`${at}/visit/stream`);
  stream.addEventListener("standing", (event) => {
    const now = JSON.parse(event.data);
    const called = document.getElementById("called");
    const came = called && now.staff_called_s === null;  // somebody is here: nobody is on the way any more
    if (String(now.version) !== version || came) {
      stream.close();
      location.replace(`${at}/visit`);
    }
    const left = document.getElementById("left");
    if (left) left.textContent = now.left_s;
    if (called && !came) called.textContent = Math.round(now.staff_called_s);
  });
  stream.addEventListener("ended", () => {
    stream.close();
    location.replace(home);
  });
  document.addEventListener("submit", () => stream.close());  // what comes next is the form's
  addEventListener("pagehide", () => stream.close());
}

// A home page that nobody touches is loaded again: what somebody has set otherwise is gone, and the network is told of.
if (document.body.dataset.home !== undefined) {
  let timer = 0;
  const again = () => {
    clearTimeout(timer);
    timer = setTimeout(() => location.replace("/"), location.search ? 60_000 : 20_000);
  };
  addEventListener("pointerdown", again);
  again();
  setInterval(async () => {  // a card was laid, or a code of the web shown: the page offers to go on with it
    const answer = await fetch("/home/resume").catch(() => null);
    const { resume } = answer?.ok ? await answer.json() : {};
    if ((resume === "card" || resume === "web") && resume !== document.body.dataset.resume) location.replace("/");
  }, 1_500);
}

const preview = document.getElementById("preview");
if (preview) {
  const next = () => setTimeout(() => (preview.src = `${at}/visit/preview?${Date.now()}`), 120);
  preview.addEventListener("load", next);
  preview.addEventListener("error", () => setTimeout(next, 800));
}
