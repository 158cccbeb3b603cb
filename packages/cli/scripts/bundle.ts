import { rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "rolldown";
// @boundaries-ignore what goes along with every bundle of the workspace
import { licenceTexts } from "../../../scripts/licence-texts.ts";
import manifest from "../package.json" with { type: "json" };

// Puts the command and the entry of its worker threads, with all that they import, into a few files of dist/bundle: most of
// a small load's time went into finding and reading some 500 files. What is rarely needed stays in files of its own, which
// are read when they are.

const folder = fileURLToPath(new URL("../dist/bundle/", import.meta.url));
const worker = new URL("./pool/pack-worker.js", import.meta.resolve("@maxcompute-tunnel/files"));

/** The version as it is now: the file that it is read from lies elsewhere than the bundle would look. */
const version: Plugin = {
  name: "version",
  load: {
    filter: { id: /\/cli\/src\/version\.ts$/ },
    handler: () => `export const version = ${JSON.stringify(manifest.version)};`,
  },
};

/** Of undici only its connections: fetch is Node's own. */
const connectionsOfUndici: Plugin = {
  name: "connections-of-undici",
  load: {
    filter: { id: /\/undici\/index\.js$/ },
    handler: () => `
      Object.assign(require("./lib/dispatcher/dispatcher.js").prototype, require("./lib/api"));
      module.exports = {
        Agent: require("./lib/dispatcher/agent.js"),
        Pool: require("./lib/dispatcher/pool.js"),
        get EnvHttpProxyAgent() { return require("./lib/dispatcher/env-http-proxy-agent.js"); },
      };`,
  },
};

rmSync(folder, { recursive: true, force: true });
const { output } = await build({
  input: {
    command: fileURLToPath(new URL("../src/index.ts", import.meta.url)),
    // Its name and place are what the pool of workers looks for beside itself.
    "pack-worker": fileURLToPath(worker),
  },
  platform: "node",
  // Native modules that may be missing, and a library that asks the cloud for keys and is slow in any case.
  external: ["snappy", "lz4-napi", "@alicloud/credentials"],
  plugins: [version, connectionsOfUndici],
  output: {
    dir: folder,
    // Threads start sooner with it: Node need not load its loader of modules, nor list what its own modules export.
    format: "cjs",
    exports: "named",
    chunkFileNames: "[name]-[hash].js",
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
    sourcemap: true,
  },
});
writeFileSync(`${folder}package.json`, `${JSON.stringify({ type: "commonjs" })}\n`);
const files = output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
writeFileSync(`${folder}licences.txt`, licenceTexts(files));
