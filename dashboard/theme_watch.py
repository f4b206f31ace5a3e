"""Charts in the colours of the page also after somebody switched between light and dark."""

from __future__ import annotations

import streamlit as st

HTML = "<span hidden></span>"
JAVASCRIPT = """
const LOOK_EVERY = 400;
const watched = new WeakSet();

export default function ({ parentElement, setTriggerValue }) {
  if (watched.has(parentElement)) return;
  watched.add(parentElement);
  const span = parentElement.querySelector("span");
  const shown = () => getComputedStyle(span).getPropertyValue("--st-background-color");
  let last = shown();
  const looking = setInterval(() => {
    if (!span.isConnected) return clearInterval(looking);
    const now = shown();
    if (now && last && now !== last) setTriggerValue("switched", now);
    last = now || last;
  }, LOOK_EVERY);
}
"""

_mount = st.components.v2.component("theme_watch", html=HTML, js=JAVASCRIPT)


def theme_watch() -> None:
    """Draw the page anew when its theme was switched: Streamlit itself waits for the next click."""
    _mount(key="theme_watch", on_switched_change=lambda: None)
