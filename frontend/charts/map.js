import { tooltip } from "./palette.js";

export function mapOption(spec, colours) {
  const byKey = new Map(spec.areas.map((area) => [area.key, area]));
  return {
    animation: false,
    textStyle: { fontFamily: colours.font, color: colours.text },
    tooltip: tooltip(colours, ({ name }) => told(byKey.get(name), spec), "item"),
    series: [
      {
        type: "map",
        map: "world",
        // The shapes are projected already: no stretching by latitude.
        aspectScale: 1,
        left: 0,
        right: 0,
        top: 0,
        bottom: 0,
        roam: false,
        selectedMode: false,
        label: { show: false },
        itemStyle: { areaColor: colours.none, borderColor: colours.border, borderWidth: 0.5 },
        emphasis: { label: { show: false }, itemStyle: { borderColor: colours.text, borderWidth: 1.5 } },
        data: spec.areas.map((area) => ({
          name: area.key,
          value: area.value,
          address: area.address,
          itemStyle: { areaColor: area.class === null ? colours.none : colours.classes[area.class] },
          emphasis: { itemStyle: { areaColor: area.class === null ? colours.none : colours.classes[area.class] } },
        })),
      },
    ],
  };
}

function told(area, spec) {
  return area ? `${area.name}\n${area.text}` : spec.words.none;
}

export function mapWords(spec, index) {
  const area = spec.areas[index];
  return `${area.name}: ${area.text}`;
}
