// Enhancements only: every page and every form works without them.
const voice = document.getElementById("voice");
if (voice) document.addEventListener("pointerdown", () => voice.pause(), { capture: true });  // the next touch cuts it off
(document.getElementById("stay") || document.getElementById("error"))?.focus();
