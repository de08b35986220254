// Colours and type come from the style sheet, so that light and dark are decided in one place.
export function palette(element) {
  const style = getComputedStyle(element);
  const colour = (name) => style.getPropertyValue(name).trim();
  return {
    text: colour("--chart-text"),
    faint: colour("--chart-faint"),
    grid: colour("--chart-grid"),
    surface: colour("--chart-surface"),
    lines: [1, 2, 3, 4, 5, 6].map((number) => colour(`--chart-${number}`)),
    classes: [1, 2, 3, 4, 5].map((number) => colour(`--map-${number}`)),
    none: colour("--map-none"),
    border: colour("--map-border"),
    font: style.fontFamily,
    still: window.matchMedia("(prefers-reduced-motion: reduce)").matches,
  };
}

// A number on an axis, shortened by the same words as in the text.
export function axisNumber(spec) {
  const plain = new Intl.NumberFormat(spec.locale, { maximumFractionDigits: 2 });
  return (value) => {
    const scale = spec.scales.find(([power]) => Math.abs(value) >= 1e6 && Math.abs(value) >= 10 ** power);
    return scale ? plain.format(value / 10 ** scale[0]) + scale[1] : plain.format(value);
  };
}

export function tooltip(colours, formatter, trigger) {
  return {
    trigger,
    renderMode: "richText",
    confine: true,
    backgroundColor: colours.surface,
    borderColor: colours.grid,
    textStyle: { color: colours.text, fontFamily: colours.font, fontSize: 13 },
    formatter,
  };
}
