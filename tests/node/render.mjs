// Draws the labels of a ZPL file: node render.mjs FILE FOLDER WIDTH_MM HEIGHT_MM DOTS_PER_MM
import fs from "node:fs";
import path from "node:path";
import { ready } from "zpl-renderer-js";

const [file, folder, ...sizes] = process.argv.slice(2);
const { api } = await ready;
const zpl = fs.readFileSync(file, "utf8");
const labels = await api.zplToBase64MultipleAsync(zpl, ...sizes.map(Number));
labels.forEach((label, index) => {
  const name = path.join(folder, `${String(index).padStart(5, "0")}.png`);
  fs.writeFileSync(name, Buffer.from(label, "base64"));
});
process.exit(0); // the renderer keeps running
