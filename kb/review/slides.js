"use strict";
// One slide at a time, by keys; without this script they stand below one another.
(() => {
  const all = Array.from(document.querySelectorAll(".slide"));
  const keys = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1, Home: -all.length, End: all.length };
  let now = 0;
  const show = (to) => {
    now = Math.max(0, Math.min(all.length - 1, to));
    all.forEach((slide, place) => slide.classList.toggle("now", place === now));
    window.scrollTo(0, 0);
    if (location.hash !== "#" + all[now].id) history.replaceState(null, "", "#" + all[now].id);
  };
  const named = () => all.findIndex((slide) => "#" + slide.id === location.hash);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const by = keys[event.key];
    if (by === undefined) return;
    event.preventDefault();
    show(now + (event.key === " " && event.shiftKey ? -1 : by));
  });
  document.addEventListener("click", (event) => {
    if (!String(window.getSelection())) show(now + (event.clientX < window.innerWidth / 3 ? -1 : 1));
  });
  window.addEventListener("hashchange", () => show(Math.max(0, named())));
  document.body.classList.add("turning");
  show(Math.max(0, named()));
})();
