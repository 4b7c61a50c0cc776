// Drawing a name with a finger, a pen or a mouse. Without it the typed name is drawn by the server.
"use strict";

for (const pad of document.querySelectorAll("[data-signing]")) {
  const canvas = pad.querySelector("canvas"), image = pad.closest("form").elements.image;
  const pen = canvas.getContext("2d");
  let drawn = false, drawing = false;

  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) * canvas.width / box.width, (event.clientY - box.top) * canvas.height / box.height];
  };
  const clear = () => {
    pen.fillStyle = "#fff"; // ink on paper, also on a dark page
    pen.fillRect(0, 0, canvas.width, canvas.height);
    image.value = "";
    drawn = false;
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    drawing = true;
    canvas.setPointerCapture(event.pointerId);
    pen.strokeStyle = "#000";
    pen.lineWidth = 4;
    pen.lineCap = pen.lineJoin = "round";
    pen.beginPath();
    pen.moveTo(...place(event));
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    pen.lineTo(...place(event));
    pen.stroke();
    drawn = true;
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { drawing = false; });
  pad.querySelector("[data-clear]").addEventListener("click", clear);
  pad.closest("form").addEventListener("submit", () => { image.value = drawn ? canvas.toDataURL("image/png") : ""; });
  clear();
  pad.hidden = false;
}
