// Runs before the first paint: the theme, and the sign that scripts run. Everything else a page does needs no script.
(() => {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const dress = () => root.setAttribute("data-bs-theme", dark.matches ? "dark" : "light");
  root.classList.add("has-script");
  dress();
  dark.addEventListener("change", dress);

  // A chart's table stands open where no script draws the picture; here it waits until it is asked for.
  const foldTables = (within) => {
    for (const table of within.querySelectorAll("details.chart-table:not([data-folded])")) {
      table.open = false;
      table.dataset.folded = "yes";
    }
  };
  const closeMenus = (except) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== except) menu.open = false;
  };
  document.addEventListener("DOMContentLoaded", () => foldTables(document));
  document.addEventListener("htmx:load", (event) => foldTables(event.detail.elt));
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.activeElement?.closest("details.menu[open]");
    closeMenus(null);
    menu?.querySelector("summary").focus();
  });
  // A link into a folded section opens it.
  const openTarget = () => {
    const target = document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
    for (let fold = target?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    if (target?.tagName === "DETAILS") target.open = true;
  };
  window.addEventListener("hashchange", openTarget);
  document.addEventListener("DOMContentLoaded", openTarget);
})();
