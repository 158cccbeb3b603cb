import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  bundledBytes,
  importPaths,
  installAlone,
  installedPackages,
  packAll,
  run,
  runModule,
  runTool,
} from "./tarballs.ts";

const codec = ["@maxcompute-tunnel/codec", "long", "protobufjs"];
const transport = ["@maxcompute-tunnel/transport", "ky", "undici"];
const session = ["@maxcompute-tunnel/session", ...transport];
const service = ["@maxcompute-tunnel/service", ...transport];
const writer = ["@maxcompute-tunnel/writer", ...codec, ...session];

/** What each package brings into an empty project, by name; XML libraries bring small ones of their own. */
const published = [
  { name: "@maxcompute-tunnel/codec", brings: codec },
  { name: "@maxcompute-tunnel/transport", brings: transport },
  { name: "@maxcompute-tunnel/session", brings: session },
  { name: "@maxcompute-tunnel/service", brings: [...service, "fast-xml-parser"] },
  { name: "@maxcompute-tunnel/writer", brings: writer },
  { name: "maxcompute-tunnel", brings: ["maxcompute-tunnel", ...service, ...writer, "fast-xml-parser"] },
  {
    name: "@maxcompute-tunnel/cli",
    brings: [
      "@maxcompute-tunnel/cli",
      "maxcompute-tunnel",
      ...service,
      ...writer,
      "@stricli/core",
      "smol-toml",
    ],
  },
  { name: "@maxcompute-tunnel/emulator", brings: ["@maxcompute-tunnel/emulator", ...codec, ...transport] },
] as const;

/** Names that must never come along, whatever else does. */
const unwelcome: Readonly<Record<string, readonly string[]>> = {
  "@maxcompute-tunnel/codec": ["ky", "undici", "@maxcompute-tunnel/transport", "@maxcompute-tunnel/session"],
  "@maxcompute-tunnel/transport": ["protobufjs", "@maxcompute-tunnel/codec"],
  "@maxcompute-tunnel/session": ["protobufjs", "@maxcompute-tunnel/codec"],
  "@maxcompute-tunnel/service": ["protobufjs", "@maxcompute-tunnel/codec", "@maxcompute-tunnel/session"],
  "@maxcompute-tunnel/writer": ["@maxcompute-tunnel/service"],
  "maxcompute-tunnel": ["@maxcompute-tunnel/emulator", "@maxcompute-tunnel/cli"],
  "@maxcompute-tunnel/cli": ["@maxcompute-tunnel/emulator"],
  "@maxcompute-tunnel/emulator": [
    "@maxcompute-tunnel/session",
    "@maxcompute-tunnel/writer",
    "maxcompute-tunnel",
  ],
};

/** The options of a careful user. */
const strictOptions = {
  noEmit: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  target: "es2023",
  module: "nodenext",
  lib: ["es2024", "esnext.disposable", "dom", "dom.asynciterable"],
};

const minutes = 60_000;
let folder: string;
let tarballs: ReadonlyMap<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tarballs-"));
  tarballs = await packAll(folder);
}, 5 * minutes);

afterAll(() => rm(folder, { recursive: true, force: true }));

it("packs exactly the published packages", () => {
  expect([...tarballs.keys()].sort()).toEqual(published.map(({ name }) => name).sort());
});

for (const { name, brings } of published) {
  describe(name, () => {
    let project: string;
    let paths: readonly string[];

    beforeAll(async () => {
      project = await installAlone(name, tarballs);
      paths = await importPaths(project, name);
    }, 3 * minutes);

    afterAll(() => rm(project, { recursive: true, force: true }));

    it("passes publint", async () => {
      const { exitCode, output } = await runTool("publint/src/cli.js", [
        "run",
        tarballs.get(name) ?? "",
        "--strict",
      ]);
      expect(output).toContain("All good!");
      expect(exitCode).toBe(0);
    });

    it(
      "has types that resolve as its code does",
      async () => {
        const { exitCode, output } = await runTool("@arethetypeswrong/cli/dist/index.js", [
          tarballs.get(name) ?? "",
          "--profile",
          "esm-only",
          "--no-color",
        ]);
        expect(output).toContain("(ESM)");
        expect(exitCode).toBe(0);
      },
      minutes,
    );

    it("brings what it needs and nothing unwelcome", async () => {
      const installed = await installedPackages(project);
      expect(installed).toEqual(expect.arrayContaining([...brings]));
      for (const other of unwelcome[name] ?? []) expect(installed).not.toContain(other);
    });

    it("can be imported by every path that it exports", async () => {
      const imports = paths.map((path) => `console.log(Object.keys(await import("${path}")).length > 0);`);
      const { exitCode, output } = await runModule(project, imports.join("\n"));
      expect({ exitCode, output }).toEqual({ exitCode: 0, output: "true\n".repeat(paths.length) });
    });

    it(
      "type-checks in a strict project that skips no declaration file",
      async () => {
        const [universal, forNode] = [false, true].map((node) =>
          paths.filter((path) => path.endsWith("/node") === node),
        );
        await expectToTypeCheck(project, universal ?? [], []);
        await expectToTypeCheck(project, forNode ?? [], ["node"]);
      },
      minutes,
    );
  });
}

async function expectToTypeCheck(
  project: string,
  paths: readonly string[],
  types: readonly string[],
): Promise<void> {
  const uses = paths.map((path, index) => `import * as all${index} from "${path}";\nexport { all${index} };`);
  await writeFile(join(project, "uses.ts"), `${uses.join("\n")}\nexport {};\n`);
  const typeRoots = [fileURLToPath(new URL("../../node_modules/@types", import.meta.url))];
  const compilerOptions = { ...strictOptions, types, typeRoots };
  await writeFile(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["uses.ts"] }));
  const { exitCode, output } = await runTool("typescript/bin/tsc", ["-p", project]);
  expect({ exitCode, output }).toEqual({ exitCode: 0, output: "" });
}

describe("sizes, minified and gzipped", () => {
  for (const { name, external, limit } of [
    { name: "@maxcompute-tunnel/codec", external: [], limit: 30 * 1024 },
    { name: "@maxcompute-tunnel/session", external: ["@maxcompute-tunnel/transport"], limit: 15 * 1024 },
  ]) {
    it(`${name} stays within ${limit / 1024} KB`, async () => {
      const project = await installAlone(name, tarballs);
      try {
        const bytes = await bundledBytes(project, name, external);
        expect(bytes).toBeGreaterThan(500);
        expect(bytes).toBeLessThanOrEqual(limit);
      } finally {
        await rm(project, { recursive: true, force: true });
      }
    });
  }
});

describe("commands", () => {
  for (const [name, command] of [
    ["@maxcompute-tunnel/cli", "mctunnel"],
    ["@maxcompute-tunnel/emulator", "mctunnel-emulator"],
  ] as const) {
    it(`${command} runs from an empty project and explains itself`, async () => {
      const project = await installAlone(name, tarballs);
      try {
        const { exitCode, output } = await run(
          join(project, "node_modules", ".bin", command),
          ["--help"],
          project,
        );
        expect(output).toContain(command);
        expect(exitCode).toBe(0);
      } finally {
        await rm(project, { recursive: true, force: true });
      }
    });
  }
});
