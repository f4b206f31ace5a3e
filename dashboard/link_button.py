"""The button that copies the link to what the page shows: the browser's own address."""

from __future__ import annotations

import streamlit as st

HTML = """
<div class="link">
  <span role="status" aria-live="polite"></span>
  <input type="text" readonly hidden aria-label="Link to this view">
  <button type="button" title="Copy the address of exactly this view: runs, languages, threshold,
filters and all other choices">Copy link</button>
</div>
"""
CSS = """
.link { display: flex; align-items: center; justify-content: flex-end; flex-wrap: wrap;
  gap: 0.5rem; font-family: var(--st-font); font-size: 0.875rem; color: var(--st-text-color); }
button, input { font: inherit; color: inherit; background: var(--st-background-color);
  border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius);
  padding: 0.3rem 0.75rem; }
button { cursor: pointer; white-space: nowrap; }
button:hover, button:focus-visible { color: var(--st-primary-color);
  border-color: var(--st-primary-color); }
button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 1px; }
input { width: 16rem; max-width: 100%; }
[hidden] { display: none; }
span:empty { display: none; }
"""
JAVASCRIPT = """
const SHOWN_FOR = 4000;

export default function ({ parentElement }) {
  const button = parentElement.querySelector("button");
  const field = parentElement.querySelector("input");
  const said = parentElement.querySelector("span");

  async function copied(link) {
    try {
      await navigator.clipboard.writeText(link);
      return true;
    } catch {  // not a secure address, or not allowed: the link is shown, to be copied by hand
      field.value = link;
      field.hidden = false;
      field.focus();
      field.select();
      return document.execCommand("copy");
    }
  }

  button.onclick = async () => {
    said.textContent = (await copied(window.location.href)) ? "Copied" : "Copy it from here";
    if (field.hidden) setTimeout(() => { said.textContent = ""; }, SHOWN_FOR);
  };
}
"""

_mount = st.components.v2.component("copy_link", html=HTML, css=CSS, js=JAVASCRIPT)


def link_button() -> None:
    """Draw it. It copies what the browser has as its address, whatever proxy lies before the app.

    Where the browser refuses the clipboard (a plain http address of another machine), the link is
    shown and selected.
    """
    _mount(key="copy_link", width="content")
