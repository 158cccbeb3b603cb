/** Writes this package's version into its source: run when versions are raised, before they are committed. */
import { readFileSync, writeFileSync } from "node:fs";

const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};
const file = new URL("../src/version.ts", import.meta.url);
writeFileSync(file, readFileSync(file, "utf8").replace(/"[^"]*";/, `${JSON.stringify(manifest.version)};`));
