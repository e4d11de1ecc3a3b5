// Shows the answer to a query on the page it was written on.
const form = document.getElementById("query-form");
const field = form.elements.query;
const outcome = document.getElementById("outcome");
const status = document.getElementById("query-status");
const texts = JSON.parse(document.getElementById("query-texts").textContent);
/** Longer addresses are refused by servers and cut off by mail programs. */
const LONGEST_ADDRESS = 6000;
let running = new AbortController();

form.addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
field.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
});
enhance(outcome);

async function run() {
  running.abort();
  running = new AbortController();
  say(texts.busy);
  outcome.setAttribute("aria-busy", "true");
  try {
    show(await ask(running.signal));
  } catch (error) {
    if (error.name !== "AbortError") say(texts.unreachable);
  }
  outcome.removeAttribute("aria-busy");
}

/** Return what came of the query, as the part of a page that the server makes of it. */
async function ask(signal) {
  const address = new URL(form.action);
  const body = new URLSearchParams(new FormData(form));
  address.searchParams.set("part", "result");
  if (body.has("lang")) address.searchParams.set("lang", body.get("lang"));
  const headers = { Accept: "text/html", "Accept-Language": document.documentElement.lang };
  const answer = await fetch(address, { method: "POST", body, headers, signal });
  return new DOMParser().parseFromString(await answer.text(), "text/html").body;
}

function show(part) {
  document.querySelectorAll("main > .alert").forEach((old) => old.remove());
  outcome.replaceChildren(...part.childNodes);
  enhance(outcome);
  const failed = outcome.querySelector('[role="alert"]');
  field.toggleAttribute("aria-invalid", Boolean(failed));
  say(failed ? "" : (outcome.querySelector("[data-said]")?.textContent ?? ""));
  remember();
}

/** Let the address of the page lead to this query, where it is not too long. */
function remember() {
  const address = new URL(form.action);
  address.search = new URLSearchParams(new FormData(form));
  if (address.href.length <= LONGEST_ADDRESS) history.replaceState(null, "", address);
}

function say(text) {
  status.hidden = !text;
  status.textContent = text;
}

function enhance(part) {
  for (const button of part.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;
}

async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  say(texts.copied);
}
