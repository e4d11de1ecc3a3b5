// Suggests things while somebody types in a search field, as the ARIA combobox pattern
// words it: https://www.w3.org/WAI/ARIA/apg/patterns/combobox/. Without it the form works.
"use strict";

const WAIT = 120;

function suggest(field) {
  const list = document.createElement("ul");
  const said = document.createElement("p");
  let asked = "", timer = 0, at = -1, going = null;

  list.id = `${field.id}-suggestions`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.dataset.label);
  list.hidden = true;
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  field.after(list);
  list.after(said);
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-expanded", "false");

  function close() {
    list.hidden = true;
    at = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  }

  function choose(number) {
    const options = list.children;
    options[at]?.setAttribute("aria-selected", "false");
    at = (number + options.length + 1) % (options.length + 1);
    if (at === options.length) at = -1;
    const option = options[at];
    if (!option) return field.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", option.id);
  }

  function show(rows) {
    list.replaceChildren(...rows.map((row, number) => {
      const option = document.createElement("li");
      const kind = document.createElement("span");
      option.id = `${list.id}-${number}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.href = row.href;
      option.textContent = row.matched ? `${row.label} (${row.matched})` : row.label;
      if (row.language) option.lang = row.language;
      kind.className = "badge";
      kind.lang = document.documentElement.lang;
      kind.textContent = row.kind_label;
      option.append(" ", kind);
      return option;
    }));
    at = -1;
    list.hidden = rows.length === 0;
    field.setAttribute("aria-expanded", String(rows.length > 0));
    said.textContent = rows.length ? `${rows.length} ${field.dataset.label.toLowerCase()}` : "";
  }

  async function ask() {
    const words = field.value.trim();
    if (words === asked) return;
    asked = words;
    going?.abort();
    if (words.length < 2) return close();
    going = new AbortController();
    const url = new URL(field.dataset.suggest, location.href);
    url.searchParams.set("q", words);
    try {
      const answer = await fetch(url, { signal: going.signal });
      if (answer.ok && words === asked) show(await answer.json());
    } catch { /* Typed on, or no network: the form still works. */ }
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  field.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown") choose(at + 1);
    else if (event.key === "ArrowUp") choose(at < 0 ? list.children.length - 1 : at - 1 < 0 ? list.children.length : at - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && at >= 0) location.assign(list.children[at].dataset.href);
    else return;
    event.preventDefault();
  });
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) location.assign(option.dataset.href);
  });
  field.addEventListener("blur", close);
}

document.querySelectorAll("input[data-suggest]").forEach(suggest);
