// The world as the map draws it: projected beforehand, cut at the antimeridian, simplified, keyed by M49.
import { geoNaturalEarth1 } from "d3-geo";
import { geoProject } from "d3-geo-projection";
import { feature, merge } from "topojson-client";
import { presimplify, quantile, simplify } from "topojson-simplify";

const WIDTH = 1000;
const ANTARCTICA = "010";
// The atlas draws these apart; statistics count them within the area named here.
const COUNTED_WITHIN = { Somaliland: "706", "N. Cyprus": "196" };
// No M49 number exists; the World Bank's own code stands instead.
const CODED = { Kosovo: "XKX" };
// How much of the coast's detail is kept, as a share of its points.
const KEPT = 0.2;
// Islands below this size are left out, in square units of a map 1,000 wide.
const SMALLEST = 0.6;

export function worldMap(atlas) {
  const weighted = presimplify(atlas);
  const simple = simplify(weighted, quantile(weighted, KEPT));
  const geometries = simple.objects.countries.geometries;
  const byKey = new Map();
  for (const geometry of geometries) {
    const name = geometry.properties.name;
    const key = geometry.id ?? COUNTED_WITHIN[name] ?? CODED[name];
    if (key && key !== ANTARCTICA) byKey.set(key, [...(byKey.get(key) ?? []), geometry]);
  }
  const collection = {
    type: "FeatureCollection",
    features: [...byKey].map(([key, parts]) => ({
      type: "Feature",
      properties: { name: key },
      geometry: parts.length > 1 ? merge(simple, parts) : feature(simple, parts[0]).geometry,
    })),
  };
  const projection = geoNaturalEarth1().rotate([-11, 0]).precision(0).fitWidth(WIDTH, { type: "Sphere" });
  const projected = geoProject(collection, projection);
  for (const shape of projected.features) shape.geometry.coordinates = onScreen(shape.geometry);
  return projected;
}

// Every country keeps its largest island; of the others those that can be seen.
function onScreen({ type, coordinates }) {
  if (type === "Polygon") return coordinates.map(ring);
  const islands = coordinates.map((polygon) => ({ polygon, size: area(polygon[0]) })).sort((a, b) => b.size - a.size);
  return islands.filter(({ size }, place) => place === 0 || size > SMALLEST).map(({ polygon }) => polygon.map(ring));
}

function area(points) {
  let doubled = 0;
  for (let i = 1; i < points.length; i += 1) {
    doubled += points[i - 1][0] * points[i][1] - points[i][0] * points[i - 1][1];
  }
  return Math.abs(doubled) / 2;
}

// Screens count downwards and maps upwards; half a unit is about half a pixel, and equal neighbours are one point.
function ring(points) {
  const kept = [];
  for (const [x, y] of points) {
    const point = [Math.round(x * 2) / 2, Math.round(-y * 2) / 2];
    const last = kept.at(-1);
    if (!last || last[0] !== point[0] || last[1] !== point[1]) kept.push(point);
  }
  if (kept.length >= 4) return kept;
  // An island smaller than that is drawn as the smallest shape that can be seen.
  const [x, y] = kept[0];
  return [[x, y], [x + 0.5, y], [x + 0.5, y + 0.5], [x, y]];
}
