import { mkdirSync, writeFileSync } from "node:fs";
import { manPage } from "../src/man-page.ts";

// Writes man/mctunnel.1, which is committed: a test holds it against the commands.
const folder = new URL("../man/", import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL("mctunnel.1", folder), manPage());
