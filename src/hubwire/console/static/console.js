// The list fetches itself again; keys move through it. Without this script the page reloads and links do the rest.
"use strict";
(() => {
  const EVERY = 2000;
  const live = document.getElementById("live");
  const help = document.getElementById("help");
  const opener = document.getElementById("help-open");
  let paused = new URLSearchParams(location.search).has("before");
  let last = null;

  const rows = () => [...document.querySelectorAll("a.open")];
  const typing = (target) => target.closest("input, select, textarea, dialog") !== null;

  function rate() {
    const counts = document.querySelector("[data-received]");
    if (!counts) return "";
    const now = { at: performance.now(), received: Number(counts.dataset.received) };
    const told = last && now.at > last.at
      ? `${Math.max(0, Math.round((now.received - last.received) * 1000 / (now.at - last.at))).toLocaleString("en")} events/s`
      : "live";
    last = now;
    return told;
  }

  function label() {
    const button = document.getElementById("pause");
    if (!button) return;
    button.hidden = false;
    button.firstChild.textContent = paused ? "Resume " : "Pause ";
    button.onclick = toggle;
  }

  function toggle() {
    paused = !paused;
    last = null;
    document.getElementById("pace").textContent = paused ? "paused" : "live";
    label();
  }

  const filling = () => document.activeElement && document.activeElement.closest("form");

  // Whoever was on an event stays on it, if it is still in the list.
  function replace(text) {
    const here = document.activeElement && document.activeElement.getAttribute("href");
    live.innerHTML = text;
    if (here) rows().find((link) => link.getAttribute("href") === here)?.focus({ preventScroll: true });
    document.getElementById("pace").textContent = rate();
    label();
  }

  async function look() {
    if (!paused && !document.hidden && !filling()) {
      try {
        const answer = await fetch(live.dataset.from + location.search, { headers: { accept: "text/html" } });
        if (answer.redirected || answer.status === 401) location.reload();
        else if (answer.ok) {
          const text = await answer.text();
          // Asked again: the person may have begun to type meanwhile.
          if (!paused && !filling()) replace(text);
        }
      } catch {
        document.getElementById("pace").textContent = "the server does not answer";
      }
    }
    setTimeout(look, EVERY);
  }

  function move(step) {
    const all = rows();
    if (!all.length) return;
    const here = all.indexOf(document.activeElement);
    all[Math.min(all.length - 1, Math.max(0, here < 0 ? (step > 0 ? 0 : all.length - 1) : here + step))].focus();
  }

  const KEYS = {
    j: () => move(1),
    k: () => move(-1),
    p: () => live && toggle(),
    r: () => document.getElementById("replay")?.click(),
    u: () => document.getElementById("up")?.click(),
    "/": () => document.getElementById("kind")?.focus(),
    "?": () => help.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.activeElement) document.activeElement.blur();
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const act = KEYS[event.key];
    if (act) {
      event.preventDefault();
      act();
    }
  });

  if (opener) {
    opener.hidden = false;
    opener.onclick = () => help.showModal();
  }
  if (live) {
    rate();
    label();
    document.getElementById("pace").textContent = paused ? "paused" : "live";
    setTimeout(look, EVERY);
  }
})();
