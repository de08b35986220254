import { axisNumber, tooltip } from "./palette.js";

// Colour is never the only sign: each line has its own marker, and beyond three its own dash.
const MARKERS = ["circle", "rect", "triangle", "diamond", "roundRect", "pin"];
const DASHES = ["solid", "solid", "solid", "dashed", "dashed", "dashed"];
const NARROW = 480;

export function lineOption(spec, colours, width) {
  const isNarrow = width < NARROW;
  const several = spec.series.length > 1;
  return {
    animation: !colours.still,
    animationDuration: 300,
    textStyle: { fontFamily: colours.font, color: colours.text },
    color: colours.lines,
    legend: several
      ? { type: "plain", top: 0, left: 0, itemGap: 14, textStyle: { color: colours.text, fontFamily: colours.font } }
      : { show: false },
    grid: { left: 4, right: 16, top: several ? (isNarrow ? 74 : 44) : 12, bottom: 4, outerBoundsMode: "same" },
    tooltip: tooltip(colours, (points) => told(spec, points), "axis"),
    xAxis: {
      type: "category",
      data: spec.periods.map((period) => period.text),
      boundaryGap: false,
      axisLine: { lineStyle: { color: colours.faint } },
      axisTick: { show: false },
      axisLabel: { color: colours.faint, hideOverlap: true, fontSize: 12 },
    },
    yAxis: {
      type: "value",
      scale: spec.scale !== "zero",
      splitNumber: 4,
      splitLine: { lineStyle: { color: colours.grid } },
      axisLabel: { color: colours.faint, fontSize: 12, formatter: axisNumber(spec) },
    },
    series: spec.series.map((line, place) => ({
      type: "line",
      name: line.name,
      data: spec.periods.map((period) => line.values[period.key]?.value ?? null),
      connectNulls: false,
      symbol: MARKERS[place % MARKERS.length],
      symbolSize: 5,
      showSymbol: true,
      // A value between two gaps has no line to be seen by: where there is one, every marker is drawn.
      showAllSymbol: standsAlone(spec, line) || "auto",
      lineStyle: { width: 2, type: DASHES[place % DASHES.length] },
      emphasis: { focus: several ? "series" : "none" },
    })),
  };
}

function standsAlone(spec, line) {
  const has = spec.periods.map((period) => period.key in line.values);
  return has.some((there, place) => there && !has[place - 1] && !has[place + 1]);
}

function told(spec, points) {
  const period = spec.periods[points[0].dataIndex];
  const rows = points
    .map((point) => ({ point, value: spec.series[point.seriesIndex].values[period.key] }))
    .filter(({ value }) => value)
    .sort((a, b) => b.value.value - a.value.value)
    .map(({ point, value }) => (spec.series.length > 1 ? `${point.seriesName}: ${value.text}` : value.text));
  return [period.text, ...rows].join("\n");
}

export function lineWords(spec, index) {
  const period = spec.periods[index];
  const values = spec.series
    .filter((line) => line.values[period.key])
    .map((line) => `${line.name} ${line.values[period.key].text}`);
  return `${period.text}: ${values.join("; ") || spec.words.none}`;
}
