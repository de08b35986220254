// Handing in a file: drop it, see what was chosen and how far it is. Without this script the form is a plain one.
(() => {
  const size = (bytes) => {
    const units = ["byte", "kilobyte", "megabyte"];
    const power = Math.min(Math.floor(Math.log(Math.max(bytes, 1)) / Math.log(1024)), 2);
    const language = document.documentElement.lang;
    const form = { style: "unit", unit: units[power], unitDisplay: "short", maximumFractionDigits: power ? 1 : 0 };
    return new Intl.NumberFormat(language, form).format(bytes / 1024 ** power);
  };

  const attach = (form) => {
    if (form.dataset.ready) return;
    form.dataset.ready = "yes";
    const place = form.querySelector("[data-drop]");
    const field = form.querySelector("input[type=file]");
    const said = form.querySelector("#file-said");
    const button = form.querySelector("button[type=submit]");
    const bar = form.querySelector(".upload-progress");

    const say = (text, isWrong) => {
      said.textContent = text;
      said.classList.toggle("is-wrong", isWrong);
    };
    const look = () => {
      const file = field.files[0];
      if (!file) return say("", false);
      if (file.size <= Number(form.dataset.mostBytes)) return say(`${file.name} · ${size(file.size)}`, false);
      field.value = "";
      return say(form.dataset.tooLarge, true);
    };
    const upload = (isRunning) => {
      bar.hidden = !isRunning;
      button.disabled = isRunning;
      field.readOnly = isRunning;
    };
    field.addEventListener("change", look);
    for (const name of ["dragenter", "dragover"]) {
      place.addEventListener(name, (event) => {
        event.preventDefault();
        place.classList.add("is-over");
      });
    }
    place.addEventListener("dragleave", (event) => {
      if (!place.contains(event.relatedTarget)) place.classList.remove("is-over");
    });
    place.addEventListener("drop", (event) => {
      event.preventDefault();
      place.classList.remove("is-over");
      const files = event.dataTransfer.files;
      if (files.length > 1) return say(form.dataset.several, true);
      if (files.length === 1) {
        field.files = files;
        look();
      }
      return undefined;
    });
    form.addEventListener("htmx:beforeRequest", () => upload(true));
    form.addEventListener("htmx:xhr:progress", (event) => {
      const { loaded, total } = event.detail;
      if (total) bar.querySelector("progress").value = Math.round((100 * loaded) / total);
    });
    for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
      form.addEventListener(name, () => {
        upload(false);
        say(form.dataset.broken, true);
      });
    }
    window.addEventListener("pageshow", () => {
      upload(false);
      look();
    });
  };

  // What is wrong with what was sent is shown where the form stands.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (![413, 422, 429].includes(event.detail.xhr.status) || !event.detail.target.closest("[id^='import-']")) return;
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  });
  document.addEventListener("htmx:afterSwap", () => document.querySelector(".error-summary")?.focus());
  const attachAll = () => document.querySelectorAll("form[data-upload]").forEach(attach);
  document.addEventListener("DOMContentLoaded", attachAll);
  document.addEventListener("htmx:load", attachAll);
})();
