// Keys act at once; the server is only asked where it decides what comes next (pinyin).
const typed = document.getElementById("typed");
const field = document.querySelector("input[name=typed]");
if (typed && field) {
  const none = typed.querySelector(".hint")?.cloneNode(true);
  const empty = none || Object.assign(document.createElement("span"), { className: "hint" });
  const show = () => typed.replaceChildren(field.value || empty);
  document.querySelector("form.act").addEventListener("click", (event) => {
    const [what, key] = (event.target.closest("button[name=do]")?.value || "").split(":");
    if (what === "key" && field.value.length < 64) field.value += key;
    else if (what === "del" && !document.querySelector(".spell")) field.value = field.value.slice(0, -1);
    else if (what === "clear" && !document.querySelector(".spell")) field.value = "";
    else return;
    event.preventDefault();
    show();
  });
}
