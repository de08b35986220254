// Suggestions below every search field while somebody types. Without this script the field is a plain form.
(() => {
  const settle = 150; // milliseconds without a key before the server is asked

  const attach = (form, place) => {
    const field = form.querySelector('input[name="search"]');
    if (!field || field.dataset.suggests) return;
    field.dataset.suggests = "yes";
    field.autocomplete = "off";
    const list = document.createElement("div");
    list.className = "suggestions";
    list.id = `suggestions-${place}`;
    list.hidden = true;
    // Stands there before it speaks, or it would not be heard.
    const spoken = document.createElement("p");
    spoken.className = "visually-hidden";
    spoken.setAttribute("aria-live", "polite");
    form.classList.add("has-suggestions");
    form.append(list, spoken);

    const show = () => {
      list.hidden = !field.value.trim() || list.childElementCount === 0;
    };
    const hide = () => {
      list.hidden = true;
    };
    const links = () => [...list.querySelectorAll("a")];

    field.setAttribute("hx-get", new URL("suggestions/", form.action).pathname);
    field.setAttribute("hx-trigger", `input changed delay:${settle}ms`);
    field.setAttribute("hx-target", `#${list.id}`);
    field.setAttribute("hx-sync", "this:replace");
    window.htmx.process(field);

    // Shown in the same moment as it is filled: a key pressed between the two would be lost.
    list.addEventListener("htmx:afterSwap", () => {
      show();
      spoken.textContent = list.querySelector(".suggested-count")?.textContent.trim() ?? "";
    });
    field.addEventListener("focus", show);
    field.addEventListener("input", () => {
      if (!field.value.trim()) hide();
    });
    form.addEventListener("focusout", (event) => {
      if (!form.contains(event.relatedTarget)) hide();
    });
    form.addEventListener("keydown", (event) => {
      const all = links();
      const at = all.indexOf(document.activeElement);
      if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        field.focus();
        hide();
      } else if (event.key === "ArrowDown" && !list.hidden && at < all.length - 1) {
        event.preventDefault();
        all[at + 1].focus();
      } else if (event.key === "ArrowUp" && at >= 0) {
        event.preventDefault();
        (at === 0 ? field : all[at - 1]).focus();
      }
    });
  };

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll('form[role="search"]').forEach(attach);
  });
})();
