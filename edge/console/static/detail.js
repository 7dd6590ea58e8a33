// One frame: its parts beside its bytes. A part that is pointed at or focused lights its bytes, and the other way round.

const PER_LINE = 16;

export class Detail {
  constructor(table, body, note, hex, words) {
    Object.assign(this, { table, body, note, hex, words, first: note.textContent });
    for (const name of ["mouseover", "focusin"]) {
      body.addEventListener(name, (event) => this.#lightPart(event.target.closest("tr")));
      hex.addEventListener(name, (event) => this.#lightByte(event.target.closest("button")));
    }
    hex.addEventListener("keydown", (event) => this.#walk(event));
  }

  show(line) {
    const parts = line?.x ?? [];
    const bytes = line?.h ? line.h.split(" ") : [];
    const hidden = Boolean(line?.l) && !line.h;
    this.body.replaceChildren(...parts.map(([start, end, name, text]) => partRow(start, end, name, text)));
    this.table.hidden = !parts.length;
    this.note.hidden = Boolean(parts.length);
    if (!line) this.note.textContent = this.first;
    else if (hidden) this.note.textContent = this.words.hidden;
    else this.note.textContent = line.l ? this.words.undone : line.s;
    this.#showBytes(bytes);
  }

  #showBytes(bytes) {
    const cells = [];
    for (let at = 0; at < bytes.length; at += PER_LINE) {
      const place = span(at.toString(16).padStart(4, "0").toUpperCase(), "at");
      const row = span("", "");
      const ascii = span("", "ascii");
      bytes.slice(at, at + PER_LINE).forEach((byte, i) => {
        const button = document.createElement("button");
        button.type = "button";
        button.tabIndex = at + i === 0 ? 0 : -1;
        button.dataset.at = at + i;
        button.textContent = byte.toUpperCase();
        row.append(button);
        const code = parseInt(byte, 16);
        ascii.append(span(code >= 32 && code < 127 ? String.fromCharCode(code) : "·", ""));
        ascii.lastChild.dataset.at = at + i;
      });
      cells.push(place, row, ascii);
    }
    this.hex.replaceChildren(...cells);
  }

  #light(start, end, row) {
    for (const one of this.hex.querySelectorAll("[data-at]")) {
      const at = Number(one.dataset.at);
      one.classList.toggle("lit", at >= start && at < end);
    }
    for (const one of this.body.children) one.classList.toggle("lit", one === row);
  }

  #lightPart(row) {
    if (row) this.#light(Number(row.dataset.start), Number(row.dataset.end), row);
  }

  #lightByte(button) {
    if (!button) return;
    const at = Number(button.dataset.at);
    const row = [...this.body.children].find((one) => Number(one.dataset.start) <= at && at < Number(one.dataset.end));
    if (row) this.#lightPart(row);
    else this.#light(at, at + 1, null);
  }

  #walk(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: PER_LINE, ArrowUp: -PER_LINE }[event.key];
    const from = event.target.closest("button");
    const to = step && from && this.hex.querySelector(`button[data-at="${Number(from.dataset.at) + step}"]`);
    if (!to) return;
    event.preventDefault();
    from.tabIndex = -1;
    to.tabIndex = 0;
    to.focus();
  }
}

function span(text, className) {
  const made = document.createElement("span");
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function partRow(start, end, name, text) {
  const row = document.createElement("tr");
  row.tabIndex = 0;
  row.dataset.start = start;
  row.dataset.end = end;
  for (const said of [end - start === 1 ? String(start) : `${start}–${end - 1}`, name, text]) {
    const cell = document.createElement("td");
    cell.textContent = said;
    row.append(cell);
  }
  return row;
}
