// Draws every <figure class="chart"> of a page from the JSON inside it. The table beside the picture holds the same
// numbers, so a page whose script never runs lacks nothing but the picture.
import { LineChart, MapChart } from "echarts/charts";
import { GeoComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer } from "echarts/renderers";
import { readByKeyboard } from "./keyboard.js";
import { lineOption } from "./line.js";
import { mapOption } from "./map.js";
import { palette } from "./palette.js";

echarts.use([
  LineChart,
  MapChart,
  GeoComponent,
  GridComponent,
  LegendComponent,
  TooltipComponent,
  LabelLayout,
  CanvasRenderer,
]);

const OPTIONS = { line: lineOption, map: mapOption };
const shapes = new Map();

async function registerShapes(address) {
  if (!shapes.has(address)) shapes.set(address, fetch(address).then((answer) => (answer.ok ? answer.json() : null)));
  const world = await shapes.get(address);
  if (!world) return false;
  echarts.registerMap("world", world);
  return true;
}

async function draw(figure) {
  const source = figure.querySelector('script[type="application/json"]');
  const place = figure.querySelector(".chart-picture");
  // A picture that is hidden has no width to be drawn into; it is drawn when it comes into view.
  if (!source || !place || place.dataset.drawn || !place.clientWidth) return;
  place.dataset.drawn = "yes";
  const spec = JSON.parse(source.textContent);
  if (spec.kind === "map" && !(await registerShapes(spec.shapes))) {
    place.hidden = true;
    return;
  }
  const chart = echarts.init(place, null, { renderer: "canvas" });
  const paint = () => chart.setOption(OPTIONS[spec.kind](spec, palette(place), place.clientWidth), { notMerge: true });
  paint();
  new ResizeObserver(() => {
    // A picture that is hidden for a moment has no size, and a map cannot be drawn into nothing.
    if (!place.clientWidth || !place.clientHeight) return;
    chart.resize();
    paint();
  }).observe(place);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => requestAnimationFrame(paint));
  readByKeyboard(figure, place, chart, spec);
  chart.on("click", ({ data }) => {
    if (data?.address) window.location.assign(data.address);
  });
}

function drawAll(root) {
  const seen = new IntersectionObserver(
    (entries) => {
      for (const entry of entries.filter((each) => each.isIntersecting)) {
        seen.unobserve(entry.target);
        draw(entry.target);
      }
    },
    { rootMargin: "200px" },
  );
  const figures = [...root.querySelectorAll("figure.chart")];
  figures.forEach((figure) => seen.observe(figure));
  // The rest follows when nothing more urgent is left to do, so that a page printed from its top is whole.
  const later = window.requestIdleCallback ?? ((work) => setTimeout(work, 300));
  later(() => figures.forEach(draw));
}

drawAll(document);
document.addEventListener("htmx:load", (event) => drawAll(event.detail.elt));
