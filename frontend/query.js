// Shows the answer to a query on the page it was written on.
const form = document.getElementById("query-form");
const field = form.elements.query;
const outcome = document.getElementById("outcome");
const status = document.getElementById("query-status");
const texts = JSON.parse(document.getElementById("query-texts").textContent);
/** Longer addresses are refused by servers and cut off by mail programs. */
const LONGEST_ADDRESS = 6000;
/** Milliseconds for which the word that something was copied stays. */
const SEEN = 4000;
let running = new AbortController();

form.addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
field.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy], [data-declare]");
  if (button) (button.dataset.copy === undefined ? declare : copy)(button);
});
enhance(document);
status.hidden = false;

async function run() {
  running.abort();
  const mine = new AbortController();
  running = mine;
  outdate();
  say(texts.busy);
  const part = await ask(mine.signal).catch(() => null);
  if (mine.signal.aborted) return;
  outcome.removeAttribute("aria-busy");
  if (part) show(part);
  else fail();
}

/** Let nothing stand as if it were of the query that runs now. */
function outdate() {
  document.querySelectorAll("main > .alert, #outcome > .alert").forEach((old) => old.remove());
  field.removeAttribute("aria-invalid");
  outcome.setAttribute("aria-busy", "true");
}

function fail() {
  outcome.replaceChildren();
  say(texts.unreachable);
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
  outcome.replaceChildren(...part.childNodes);
  enhance(outcome);
  const failed = outcome.querySelector('[role="alert"]');
  if (failed) field.setAttribute("aria-invalid", "true");
  say(failed ? "" : (outcome.querySelector("[data-said]")?.textContent ?? ""), true);
  bring(outcome.firstElementChild, failed ? "nearest" : "start");
  remember();
}

/** Bring what came into view, unless it begins in the upper half already. */
function bring(part, block) {
  const { top } = part.getBoundingClientRect();
  if (top < 0 || top > innerHeight / 2) part.scrollIntoView({ block });
}

/** Let the address of the page lead to this query, where it is not too long. */
function remember() {
  const address = new URL(form.action);
  address.search = new URLSearchParams(new FormData(form));
  if (address.href.length <= LONGEST_ADDRESS) history.replaceState(null, "", address);
}

/** Say how it goes; what the page shows elsewhere is only read out. */
function say(text, aloud = false) {
  status.classList.toggle("visually-hidden", aloud);
  status.textContent = text;
}

function enhance(part) {
  const copies = part.querySelectorAll("[data-copy], .copied");
  for (const one of copies) one.hidden = !navigator.clipboard;
  for (const button of part.querySelectorAll("[data-declare]")) button.hidden = false;
}

async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  const told = button.nextElementSibling;
  told.textContent = texts.copied;
  setTimeout(() => told.replaceChildren(), SEEN);
}

/** Put at the top of the query what it lacks, and run it again. */
function declare(button) {
  field.value = button.dataset.declare + field.value;
  field.dispatchEvent(new Event("input"));
  form.querySelector("button").focus({ preventScroll: true });
  form.requestSubmit();
}
