// Arrow keys walk over the points of a chart; each is shown and spoken.
import { lineWords } from "./line.js";
import { mapWords } from "./map.js";

const WORDS = { line: lineWords, map: mapWords };
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

export function readByKeyboard(figure, place, chart, spec) {
  const spoken = figure.querySelector(".chart-spoken");
  const count = { line: () => spec.periods.length, map: () => spec.areas.length }[spec.kind]();
  let at = -1;
  const show = () => {
    // A line chart is told by its period; a line that has no value there cannot carry the pointer.
    const series = spec.kind === "line" ? spec.series.findIndex((line) => line.values[spec.periods[at].key]) : 0;
    if (series >= 0) chart.dispatchAction({ type: "showTip", seriesIndex: series, dataIndex: at });
    spoken.textContent = WORDS[spec.kind](spec, at);
  };
  place.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      chart.dispatchAction({ type: "hideTip" });
      return;
    }
    let next = null;
    if (event.key === "Home") next = 0;
    else if (event.key === "End") next = count - 1;
    else if (event.key in STEPS) next = at < 0 && STEPS[event.key] < 0 ? count - 1 : at + STEPS[event.key];
    else if (event.key === "Enter") {
      const chosen = spec.kind === "map" ? spec.areas[at] : null;
      if (chosen?.address) window.location.assign(chosen.address);
    }
    if (next === null || count === 0) return;
    event.preventDefault();
    at = Math.max(0, Math.min(count - 1, next));
    show();
  });
  place.addEventListener("blur", () => chart.dispatchAction({ type: "hideTip" }));
}
