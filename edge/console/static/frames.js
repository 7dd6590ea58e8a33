// The list of frames: all that came is kept (50,000 lines), only what is seen is drawn.

const ROW_PX = 26;
const KEPT = 50_000;
const DROPPED_AT_ONCE = 5_000;
const SPARE_ROWS = 4;
const CLOCK = new Intl.DateTimeFormat("zh-CN", {
  timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3, hourCycle: "h23",
});

export class FrameList {
  #all = [];
  #shown = []; // those of #all that pass the filter
  #frozen = null; // what is drawn while the drawing is paused
  #accepts = () => true;
  #rows = [];
  #selected = null;
  #follows = true;
  #drawing = false;
  #since = 0; // lines that came since the pause

  constructor(grid, body, words, { onSelect, onDraw }) {
    Object.assign(this, { grid, body, words, onSelect, onDraw });
    this.head = grid.querySelector(".head").offsetHeight;
    grid.addEventListener("scroll", () => {
      this.#follows = grid.scrollTop + grid.clientHeight >= grid.scrollHeight - ROW_PX;
      this.draw();
    });
    body.addEventListener("mousedown", (event) => {
      const row = event.target.closest("[role=row]");
      if (!row) return;
      this.#follows = false; // what is looked at shall not run away
      this.select(row.line);
    });
    new ResizeObserver(() => this.draw()).observe(grid);
  }

  get total() { return this.#all.length; }
  get visible() { return this.#list.length; }
  get selected() { return this.#selected; }
  get paused() { return this.#frozen !== null; }
  get waiting() { return this.#since; }
  get #list() { return this.#frozen ?? this.#shown; }

  add(lines) {
    for (const line of lines) {
      this.#all.push(line);
      if (this.#accepts(line)) this.#shown.push(line);
    }
    if (this.paused) this.#since += lines.length;
    if (this.#all.length > KEPT + DROPPED_AT_ONCE) {
      const gone = new Set(this.#all.splice(0, DROPPED_AT_ONCE));
      this.#shown = this.#shown.filter((line) => !gone.has(line));
    }
    this.draw();
  }

  filter(accepts) {
    this.#accepts = accepts;
    this.#shown = this.#all.filter(accepts);
    if (this.paused) this.#frozen = this.#shown.slice();
    this.draw();
  }

  pause(paused) {
    this.#frozen = paused ? this.#shown.slice() : null;
    this.#since = 0;
    this.draw();
  }

  clear() {
    this.#all = [];
    this.#shown = [];
    if (this.paused) this.#frozen = [];
    this.select(null);
  }

  toNewest() {
    this.#follows = true;
    this.draw();
  }

  select(line) {
    this.#selected = line;
    this.onSelect(line);
    this.draw();
  }

  move(step) {
    const list = this.#list;
    if (!list.length) return;
    const at = list.indexOf(this.#selected);
    const next = at < 0 ? list.length - 1 : Math.min(list.length - 1, Math.max(0, at + step));
    this.#follows = false;
    this.select(list[next]);
    const top = next * ROW_PX;
    const room = this.grid.clientHeight - this.head;
    if (top < this.grid.scrollTop) this.grid.scrollTop = top;
    else if (top + ROW_PX > this.grid.scrollTop + room) this.grid.scrollTop = top + ROW_PX - room;
  }

  mark() {
    if (!this.#selected) return;
    this.#selected.marked = !this.#selected.marked;
    this.draw();
  }

  draw() {
    if (this.#drawing) return;
    this.#drawing = true;
    requestAnimationFrame(() => {
      this.#drawing = false;
      this.#draw();
      this.onDraw();
    });
  }

  #draw() {
    const list = this.#list;
    this.body.style.height = `${list.length * ROW_PX}px`;
    this.grid.setAttribute("aria-rowcount", list.length + 1);
    if (this.#follows && !this.paused) this.grid.scrollTop = this.grid.scrollHeight;
    const first = Math.min(list.length, Math.max(0, Math.floor(this.grid.scrollTop / ROW_PX) - SPARE_ROWS));
    const last = Math.min(list.length, first + Math.ceil(this.grid.clientHeight / ROW_PX) + 2 * SPARE_ROWS);
    while (this.#rows.length < last - first) this.#rows.push(this.#newRow());
    for (const extra of this.#rows.splice(last - first)) extra.remove();
    let active = "";
    this.#rows.forEach((row, i) => {
      const line = list[first + i];
      this.#fill(row, line, list[first + i - 1], first + i);
      if (line === this.#selected) active = row.id;
    });
    if (active) this.grid.setAttribute("aria-activedescendant", active);
    else this.grid.removeAttribute("aria-activedescendant");
  }

  #newRow() {
    const row = document.createElement("div");
    row.setAttribute("role", "row");
    for (let i = 0; i < 8; i += 1) {
      const cell = document.createElement("span");
      cell.setAttribute("role", "gridcell");
      row.append(cell);
    }
    row.children[5].className = "summary";
    this.body.append(row);
    return row;
  }

  #fill(row, line, before, at) {
    row.style.top = `${at * ROW_PX}px`;
    row.setAttribute("aria-rowindex", at + 2);
    row.setAttribute("aria-selected", line === this.#selected);
    const look = `${line.d}${line.e ? " error" : ""}${line.marked ? " marked" : ""}`;
    if (row.className !== look) row.className = look;
    const delta = before?.u && line.u ? since(line.u - before.u) : "";
    const texts = [
      `${line.marked ? "★ " : ""}${line.n}`, line.t ? timeOf(line) : "", delta, this.words[line.d], line.v ?? "", line.s, line.l ?? "", line.c ?? "",
    ];
    if (row.line !== line || row.shown !== texts.join("\0")) {
      texts.forEach((text, i) => { row.children[i].textContent = text; });
      row.children[5].title = line.s;
      row.shown = texts.join("\0");
      row.line = line;
      row.id = `line-${line.n}`;
    }
  }
}

// News bears the time at which its bytes were read, which may be just before the frame's own.
function since(us) {
  return `+${(Math.max(0, us) / 1000).toFixed(us < 100_000 ? 1 : 0)}`;
}

function timeOf(line) {
  line.time ??= CLOCK.format(line.t);
  return line.time;
}

// Words that are all found in a line; dir=rx, dev=…, port=… and err are about its columns.
export function acceptor({ text, direction, errors, device, ports }) {
  const tests = [];
  for (const word of text.toLowerCase().split(/\s+/).filter(Boolean)) {
    const [key, value] = word.split("=");
    if (word === "err") tests.push((line) => line.e);
    else if (value !== undefined && key === "dir") tests.push((line) => line.d === value);
    else if (value !== undefined && key === "port") tests.push((line) => String(line.p) === value);
    else if (value !== undefined && key === "dev") tests.push((line) => (line.v ?? "").toLowerCase().includes(value));
    else tests.push((line) => haystack(line).includes(word));
  }
  if (direction) tests.push((line) => line.d === direction);
  if (errors) tests.push((line) => line.e);
  if (device) tests.push((line) => line.v === device || (line.d !== "news" && line.p === ports.get(device)));
  return (line) => tests.every((test) => test(line));
}

function haystack(line) {
  line.text ??= `${line.v ?? ""} ${line.s} ${line.h ?? ""} ${(line.h ?? "").replaceAll(" ", "")} ${line.c ?? ""}`.toLowerCase();
  return line.text;
}
