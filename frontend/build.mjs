// Builds what the pages load: dist/charts.js (ECharts, only the charts used) and dist/world.json (the map).
import { fileURLToPath } from "node:url";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { build } from "esbuild";
import { worldMap } from "./world.mjs";

const dist = new URL("dist/", import.meta.url);

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
await build({
  entryPoints: [fileURLToPath(new URL("charts/main.js", import.meta.url))],
  outfile: fileURLToPath(new URL("charts.js", dist)),
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2020",
  legalComments: "linked",
  logLevel: "warning",
});
const atlas = JSON.parse(await readFile(new URL("node_modules/world-atlas/countries-50m.json", import.meta.url)));
await writeFile(new URL("world.json", dist), JSON.stringify(worldMap(atlas)));
