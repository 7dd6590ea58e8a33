// A signature: strokes of "x,y,ms" in the frame, as the form sends them.
const canvas = document.getElementById("sign");
if (canvas) {
  const field = document.querySelector("input[name=strokes]");
  const pen = canvas.getContext("2d");
  const begun = performance.now();
  let strokes = [];
  let stroke = null;
  const point = (event) => {
    const box = canvas.getBoundingClientRect();
    const x = Math.round(event.clientX - box.left), y = Math.round(event.clientY - box.top);
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
    stroke.push(to);
    write();
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (stroke = null));
  document.getElementById("sign-again").addEventListener("click", () => {
    strokes = [];
    pen.clearRect(0, 0, canvas.width, canvas.height);
    write();
  });
}
