// Lets a scanner go on while earlier scans are still on their way. Without it each scan is a page of its own.
const scan = document.querySelector("[data-scan]");
const code = scan.elements.code;
const waiting = scan.querySelector("[data-waiting]");
const refused = scan.querySelector("[data-refused]");
const queue = [];
let isSending = false;

// An id of our own for each scan (UUIDv7): one that is sent twice because its answer was lost counts once.
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let time = Date.now();
  for (let i = 5; i >= 0; i -= 1) { bytes[i] = time % 256; time = Math.floor(time / 256); }
  bytes[6] = (bytes[6] & 15) | 112;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

scan.addEventListener("submit", (event) => {
  event.preventDefault();
  event.stopPropagation();
  if (!code.value.trim()) return;
  queue.push({ text: code.value.trim(), body: new FormData(scan) });
  code.value = "";
  scan.elements.id.value = newId();
  send();
});

async function send() {
  show();
  if (isSending || !queue.length) return;
  isSending = true;
  try {
    const answer = await fetch(scan.action, { method: "POST", body: queue[0].body, headers: { Accept: "text/html" } });
    if (answer.status >= 500 || answer.status === 429) throw new Error("later");
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.querySelector("[data-scan]")) {
      queue.length = 0;
      location.reload();  // logged out, or the count is closed: the page says so
      return;
    }
    take(page, answer.ok ? "" : queue[0].text);
    queue.shift();
    isSending = false;
    send();
  } catch {
    isSending = false;
    setTimeout(send, 2000);
  }
}

function take(page, wrong) {
  if (wrong) {
    const line = document.createElement("li");
    line.textContent = `${wrong}: ${page.querySelector("#counted [role=alert]")?.textContent.trim() || "not counted"}`;
    refused.prepend(line);
    navigator.vibrate?.(300);
  }
  const alert = page.querySelector("#counted [role=alert]");
  if (alert) alert.remove();
  for (const place of ["#counted", "#last"]) {
    document.querySelector(place).replaceChildren(...page.querySelector(place).childNodes);
  }
}

function show() {
  waiting.hidden = !queue.length;
  waiting.textContent = queue.length === 1 ? "1 scan is on its way." : `${queue.length} scans are on their way.`;
}

// What is typed anywhere but in a field is a scan.
document.addEventListener("keydown", (event) => {
  if (event.target === document.body && event.key.length === 1 && event.key !== "/") code.focus();
});
window.addEventListener("beforeunload", (event) => { if (queue.length) event.preventDefault(); });
