// What makes the pages quicker to work with. Without it everything still works.
"use strict";

const search = document.querySelector("[data-find]");
const words = document.querySelector("[data-live-words]");
const isTyping = (target) => target.closest("input, select, textarea, [contenteditable]");

// "/" goes to the search from anywhere.
document.addEventListener("keydown", (event) => {
  if (!search || event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  event.preventDefault();
  search.focus();
  search.select();
});

// A form that is on its way is not sent twice; the server would do it once anyway.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// What others change shows up: the list is fetched again, the page of an order says that it is old.
const list = document.querySelector("[data-live-list]");
const order = document.querySelector("[data-live-order]");
let waiting = 0;

function say(text) {
  const line = document.createElement("p");
  line.className = "unseen";
  line.textContent = text;
  words.replaceChildren(line);
}

async function refresh() {
  waiting = 0;
  if (list.contains(document.activeElement)) return later();
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const place of ["#orders", ".chips"]) {
    const fresh = page.querySelector(place);
    if (fresh) document.querySelector(place).replaceChildren(...fresh.childNodes);
  }
  sign(true);
}

function later() {
  waiting ||= setTimeout(() => refresh().catch(() => {}), 700);
}

function sign(isOn) {
  const found = document.querySelector("[data-live-sign]");
  if (found) found.hidden = !isOn;
}

function heard(news) {
  if (news.type !== "repair.updated") return;
  if (order && news.id === order.dataset.liveOrder && news.updatedAt > order.dataset.seen) {
    order.hidden = false;
    say(`${news.orderNumber} was changed meanwhile.`);
  }
  if (list) {
    say(`${news.orderNumber} was changed.`);
    later();
  }
}

function listen(pause) {
  const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/repairs`);
  let wait = pause;
  socket.onopen = () => { wait = 1000; sign(true); };
  socket.onmessage = (message) => heard(JSON.parse(message.data));
  socket.onclose = (event) => {
    sign(false);
    if (event.code !== 4401) setTimeout(() => { listen(Math.min(wait * 2, 60000)); if (list) later(); }, wait);
  };
}

if (list || order) listen(1000);
