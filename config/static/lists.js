// Lists with boxes to tick: says how many are ticked, and keeps the button for them idle while none is.
(() => {
  document.addEventListener("DOMContentLoaded", () => {
    const form = document.getElementById("chosen");
    const button = document.getElementById("change-ticked");
    const told = document.getElementById("ticked-count");
    if (!form || !button || !told) return;
    const boxes = [...form.querySelectorAll("input[name='record']")];
    const tell = () => {
      const count = boxes.filter((box) => box.checked).length;
      button.disabled = count === 0;
      told.textContent = count ? `${count} / ${boxes.length}` : "";
    };
    let last = null;
    form.addEventListener("click", (event) => {
      const box = event.target;
      if (!boxes.includes(box)) return;
      // With the shift key, all from the one ticked before.
      if (event.shiftKey && last) {
        const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((one, other) => one - other);
        for (const between of boxes.slice(from, to + 1)) between.checked = box.checked;
      }
      last = box;
      tell();
    });
    window.addEventListener("pageshow", tell);
    tell();
  });
})();
