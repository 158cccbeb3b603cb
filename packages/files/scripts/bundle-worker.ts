import { rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "rolldown";
// @boundaries-ignore what goes along with every bundle of the workspace
import { licenceTexts } from "../../../scripts/licence-texts.ts";

// Puts the entry of the worker threads, with all that it imports, into a few files of dist/pool/worker, which the pool of
// threads finds beside itself: half of what a thread took to begin went into finding and reading some hundred files. Formats
// stay in files of their own, which are read when they are needed. CommonJS, because a thread then starts without Node's
// loader of modules.

const folder = fileURLToPath(new URL("../dist/pool/worker/", import.meta.url));

rmSync(folder, { recursive: true, force: true });
const { output } = await build({
  input: { "pack-worker": fileURLToPath(new URL("../src/pool/pack-worker.ts", import.meta.url)) },
  platform: "node",
  // What users install beside this package, or do not.
  external: ["apache-arrow", "lz4-napi", "snappy"],
  output: {
    dir: folder,
    format: "cjs",
    entryFileNames: "[name].cjs",
    chunkFileNames: "[name]-[hash].cjs",
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
  },
});
const files = output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
writeFileSync(`${folder}licences.txt`, licenceTexts(files));
