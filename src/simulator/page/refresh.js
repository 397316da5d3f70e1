// Asks for the page once a second and takes over what has changed, so that a form half filled in stays as it is.
"use strict";

const PARTS = ["tenants", "faults", "requests"];

async function refresh() {
  const state = document.getElementById("state");
  try {
    const answer = await fetch("/");
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const id of PARTS) {
      const [shown, next] = [document, fresh].map((page) => page.getElementById(id));
      if (shown.innerHTML !== next.innerHTML) {
        shown.replaceWith(document.adoptNode(next));
      }
    }
    state.textContent = "Up to date.";
  } catch {
    state.textContent = "The simulator doesn't answer.";
  }
  state.classList.toggle("stale", state.textContent !== "Up to date.");
  setTimeout(refresh, 1000);
}

refresh();
