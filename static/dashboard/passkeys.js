// Passkeys: the one thing on the pages that a browser can do only with a script.
"use strict";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

async function create(options) {
  options.challenge = bytes(options.challenge);
  options.user.id = bytes(options.user.id);
  options.excludeCredentials = known(options.excludeCredentials);
  const made = await navigator.credentials.create({ publicKey: options });
  return answer(made, { attestationObject: text(made.response.attestationObject) });
}

async function get(options) {
  options.challenge = bytes(options.challenge);
  options.allowCredentials = known(options.allowCredentials);
  const used = await navigator.credentials.get({ publicKey: options });
  return answer(used, {
    authenticatorData: text(used.response.authenticatorData),
    signature: text(used.response.signature),
  });
}

function answer(credential, parts) {
  const response = { clientDataJSON: text(credential.response.clientDataJSON), ...parts };
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response });
}

const WHY = {
  InvalidStateError: "This device has a passkey of your account already.",
  NotAllowedError: "No passkey was used. Try again, or go another way.",
  SecurityError: "Passkeys do not work at this address.",
};

function prepare(form) {
  const problem = form.querySelector("[data-passkey-problem]");
  const ceremony = form.dataset.passkey === "create" ? create : get;
  let running = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    if (running) return;
    running = true;
    problem.hidden = true;
    try {
      form.elements.answer.value = await ceremony(JSON.parse(form.dataset.options));
      form.submit();
    } catch (error) {
      running = false;
      problem.textContent = WHY[error.name] || "That did not work. Try again, or go another way.";
      problem.hidden = false;
    }
  });
  form.hidden = false;
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("[data-passkey]")) prepare(form);
  for (const words of document.querySelectorAll("[data-passkey-missing]")) words.hidden = true;
}
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
