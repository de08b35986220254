import { axisNumber, tooltip } from "./palette.js";

export function barOption(spec, colours) {
  const bars = [...spec.bars].reverse();
  return {
    animation: !colours.still,
    animationDuration: 300,
    textStyle: { fontFamily: colours.font, color: colours.text },
    grid: { left: 4, right: 76, top: 4, bottom: 4, outerBoundsMode: "same" },
    tooltip: tooltip(colours, ({ dataIndex }) => `${bars[dataIndex].name}\n${bars[dataIndex].text}`, "item"),
    xAxis: {
      type: "value",
      // A bar's length is its value, so the axis always starts at zero.
      min: (extent) => Math.min(0, extent.min),
      splitNumber: 3,
      splitLine: { lineStyle: { color: colours.grid } },
      axisLabel: { color: colours.faint, fontSize: 12, hideOverlap: true, formatter: axisNumber(spec) },
    },
    yAxis: {
      type: "category",
      data: bars.map((bar) => bar.name),
      axisLine: { lineStyle: { color: colours.faint } },
      axisTick: { show: false },
      axisLabel: { color: colours.text, fontSize: 12, width: 130, overflow: "truncate" },
    },
    series: [
      {
        type: "bar",
        barMaxWidth: 18,
        data: bars.map((bar) => ({
          value: bar.value,
          address: bar.address,
          itemStyle: { color: colours.lines[bar.emphasis ? 1 : 0] },
          label: { show: true, position: bar.value < 0 ? "left" : "right", formatter: bar.text, color: colours.text },
        })),
      },
    ],
  };
}

export function barWords(spec, index) {
  const bar = spec.bars[spec.bars.length - 1 - index];
  return `${bar.name}: ${bar.text}`;
}
