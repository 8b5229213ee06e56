// Sidebars by name, and what scrolls sideways within reach of the keyboard.
function name(part, words) {
  for (const box of document.querySelectorAll(part)) box.setAttribute("aria-label", words);
}
function reachable() {
  for (const box of document.querySelectorAll("pre, .table-wrapper, mjx-container")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  }
}
document.addEventListener("DOMContentLoaded", () => {
  name(".sidebar-drawer", "pages");
  name(".toc-drawer", "on this page");
});
window.addEventListener("load", () => {
  reachable();
  if (window.MathJax) MathJax.startup.promise.then(reachable);
});
window.addEventListener("resize", reachable);
