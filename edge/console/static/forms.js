// Forms are sent without leaving the page; faults show only the fields of the one that is chosen; tabs.

export function showFaultFields(root) {
  for (const select of root.querySelectorAll("[data-faults]")) {
    const show = () => {
      for (const fields of select.form.querySelectorAll("[data-fault]")) fields.hidden = fields.dataset.fault !== select.value;
    };
    select.onchange = show;
    show();
  }
}

export function sendForms({ onSaid, onOver }) {
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const address = form.getAttribute("action") ?? ""; // form.action may be a field of that name
    if (!address.startsWith("/console/")) return;
    event.preventDefault();
    const fields = new URLSearchParams(new FormData(form, event.submitter));
    fields.set("csrf", document.body.dataset.csrf);
    fields.set("lang", document.body.dataset.lang);
    const buttons = [...form.querySelectorAll("button")];
    for (const button of buttons) button.disabled = true;
    try {
      const answer = await fetch(address, { method: "POST", body: fields, headers: { accept: "application/json" } });
      if (answer.status === 401) onOver();
      else if (answer.ok) onSaid(await answer.json());
      else onSaid({ done: false, text: `${answer.status} ${(await answer.json()).detail ?? ""}` });
    } catch (error) {
      onSaid({ done: false, text: String(error) });
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  });
}

export class Tabs {
  constructor(list) {
    this.tabs = [...list.querySelectorAll("[role=tab]")];
    list.hidden = false;
    for (const tab of this.tabs) {
      const panel = this.#panel(tab);
      panel.setAttribute("role", "tabpanel");
      panel.tabIndex = 0;
      tab.addEventListener("click", () => this.open(tab));
    }
    list.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const at = this.tabs.indexOf(document.activeElement);
      this.open(this.tabs[(at + step + this.tabs.length) % this.tabs.length], true);
    });
    this.open(this.tabs[0]);
  }

  #panel(tab) {
    return document.getElementById(tab.getAttribute("aria-controls"));
  }

  open(tab, focus = false) {
    for (const one of this.tabs) {
      one.setAttribute("aria-selected", one === tab);
      one.tabIndex = one === tab ? 0 : -1;
      this.#panel(one).hidden = one !== tab;
    }
    if (focus) tab.focus();
  }

  openByName(name) {
    this.open(document.getElementById(`tab-${name}`), true);
  }
}
