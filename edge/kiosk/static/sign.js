// A signature: strokes of "x,y,ms" in the frame, as the form sends them.
const canvas = document.getElementById("sign");
if (canvas) {
  const field = document.querySelector("input[name=strokes]");
  const pen = canvas.getContext("2d");
  const begun = performance.now();
  let strokes = [];
  let stroke = null;
  let room = 4900;  // points; what is scribbled beyond them is drawn, and not sent
  const point = (event) => {
    const box = canvas.getBoundingClientRect();
    const size = canvas.width / box.width;  // at the desk the page is smaller
    const x = Math.round((event.clientX - box.left) * size), y = Math.round((event.clientY - box.top) * size);
    return [Math.max(0, x), Math.max(0, y), Math.round(performance.now() - begun)];
  };
  const write = () => (field.value = strokes.map((one) => one.map((p) => p.join(",")).join(" ")).join(";"));
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    stroke = [point(event)];
    strokes.push(stroke);
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!stroke) return;
    const [x, y] = stroke.at(-1), to = point(event);
    Object.assign(pen, { lineWidth: 8, lineCap: "round", strokeStyle: getComputedStyle(canvas).color });
    pen.beginPath();
    pen.moveTo(x, y);
    pen.lineTo(to[0], to[1]);
    pen.stroke();
    if (room-- > 0) {
      stroke.push(to);
      write();
    } else stroke = [to];
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (stroke = null));
  document.getElementById("sign-again").addEventListener("click", () => {
    strokes = [];
    room = 4900;
    pen.clearRect(0, 0, canvas.width, canvas.height);
    write();
  });
}
