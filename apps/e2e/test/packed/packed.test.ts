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
const writer = ["@maxcompute-tunnel/writer", ...codec, ...session];
/** The finder of files and what it stands on. */
const finder = ["fdir", "picomatch", "tinyglobby"];
const files = ["@maxcompute-tunnel/files", ...writer, ...finder, "hyparquet"];
/** The XML reader and what it stands on. */
const xml = [
  ...["@nodable/entities", "anynum", "fast-xml-builder", "fast-xml-parser", "is-unsafe"],
  ...["path-expression-matcher", "strnum", "xml-naming"],
];
const service = ["@maxcompute-tunnel/service", ...transport, ...xml];
const tunnel = ["maxcompute-tunnel", ...service, ...writer];

interface Published {
  readonly name: string;
  /** Everything that it brings into an empty project, itself included. */
  readonly brings: readonly string[];
  /** Whether it may bring more than that: the emulator is a program, not a part of other programs. */
  readonly andMore?: boolean;
  /** Whether all of it is for Node: its declarations name Node's types. */
  readonly forNode?: boolean;
  /** A first use, and what that prints. */
  readonly use: string;
  readonly prints: string;
}

const published: readonly Published[] = [
  {
    name: "@maxcompute-tunnel/codec",
    brings: codec,
    use: `import { decodeRecords, encodeRecords } from "@maxcompute-tunnel/codec";
      const columns = [{ name: "id", type: "bigint" }, { name: "name", type: "string" }];
      const pack = encodeRecords(columns, [[1n, "a"]]);
      console.log(Buffer.from(pack).toString("hex"), decodeRecords(columns, pack));`,
    prints: "080212016180c0ff7fea91d2b205f0ffff7f02f8ffff7f97d6b6ae06 [ { id: 1n, name: 'a' } ]\n",
  },
  {
    name: "@maxcompute-tunnel/transport",
    brings: transport,
    use: `import { parseAuthorization } from "@maxcompute-tunnel/transport/signing";
      import { createTransport } from "@maxcompute-tunnel/transport";
      console.log(parseAuthorization("ODPS id:c2ln").version, typeof createTransport);`,
    prints: "v1 function\n",
  },
  {
    name: "@maxcompute-tunnel/session",
    brings: session,
    use: `import { formatPartitionSpec, parsePartitionSpec } from "@maxcompute-tunnel/session";
      console.log(formatPartitionSpec(parsePartitionSpec("pt='1'/region=\\"cn\\"")));`,
    prints: "pt=1,region=cn\n",
  },
  {
    name: "@maxcompute-tunnel/service",
    brings: service,
    use: `import { isServiceError, runSql } from "@maxcompute-tunnel/service";
      const transport = () => Promise.reject(new Error("no network"));
      await runSql({ transport, endpoint: "http://127.0.0.1:1", project: "p" }, "SELECT 1")
        .catch((error) => console.log(isServiceError(error) || error.message));`,
    prints: "no network\n",
  },
  {
    name: "@maxcompute-tunnel/writer",
    brings: writer,
    use: `import { createMemoryBudget } from "@maxcompute-tunnel/writer";
      import { nodeDeflate } from "@maxcompute-tunnel/writer/node";
      console.log(createMemoryBudget(1024).limitBytes, nodeDeflate().contentEncoding);`,
    prints: "1024 deflate\n",
  },
  {
    name: "@maxcompute-tunnel/files",
    brings: files,
    forNode: true,
    use: `import { writeFile } from "node:fs/promises";
      import { openFileSource } from "@maxcompute-tunnel/files";
      await writeFile("a.csv", "id,name\\n1,a\\n");
      await using source = await openFileSource(["a.csv"], { workers: 2 });
      const request = { stored: [], again: [], compareStored: true, maxFieldBytes: 8388608 };
      const columns = [{ name: "id", type: "bigint" }, { name: "name", type: "string" }];
      const { signal } = new AbortController();
      for await (const { chunks } of source.blocks({ ...request, columns, signal })) {
        console.log(Buffer.concat(chunks).toString("hex"));
      }`,
    prints: "080212016180c0ff7fea91d2b205f0ffff7f02f8ffff7f97d6b6ae06\n",
  },
  {
    name: "maxcompute-tunnel",
    brings: tunnel,
    use: `import { createTunnel, isTunnelError } from "maxcompute-tunnel";
      const credentials = { accessKeyId: "id", accessKeySecret: "key" };
      const tunnel = createTunnel({ tunnelEndpoint: "http://tunnel.invalid", project: "p", credentials, retry: { maxAttempts: 1 } });
      await tunnel.createUploadSession("t").catch((error) => console.log(isTunnelError(error) && error.code));
      await tunnel.close();`,
    prints: "network\n",
  },
  {
    name: "@maxcompute-tunnel/cli",
    brings: [
      "@maxcompute-tunnel/cli",
      ...tunnel,
      "@stricli/core",
      "smol-toml",
      "@alicloud/credentials",
      "apache-arrow",
    ],
    andMore: true,
    use: "",
    prints: "",
  },
  {
    name: "@maxcompute-tunnel/emulator",
    brings: ["@maxcompute-tunnel/emulator", ...codec, ...transport],
    andMore: true,
    use: `import { startEmulator } from "@maxcompute-tunnel/emulator";
      const emulator = await startEmulator({ tables: ["CREATE TABLE t (id BIGINT)"] });
      console.log(emulator.project, (await fetch(emulator.endpoint + "/projects/none")).status, await emulator.readRows("t"));
      await emulator.close();`,
    prints: "emulated 401 []\n",
  },
];

/** Names that must never come along, whatever else does. */
const unwelcome: Readonly<Record<string, readonly string[]>> = {
  "@maxcompute-tunnel/codec": ["ky", "undici"],
  "@maxcompute-tunnel/session": ["protobufjs"],
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

for (const { name, brings, andMore, forNode = false, use, prints } of published) {
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

    it("brings what it needs and nothing else", async () => {
      const installed = await installedPackages(project);
      const expected = [...new Set(brings)].sort();
      expect(installed).toEqual(andMore ? expect.arrayContaining(expected) : expected);
      for (const other of unwelcome[name] ?? []) expect(installed).not.toContain(other);
    });

    it("does a first thing", async () => {
      expect(await runModule(project, use)).toEqual({ exitCode: 0, output: prints });
    });

    it("can be imported by every path that it exports", async () => {
      const imports = paths.map((path) => `console.log(Object.keys(await import("${path}")).length > 0);`);
      const { exitCode, output } = await runModule(project, imports.join("\n"));
      expect({ exitCode, output }).toEqual({ exitCode: 0, output: "true\n".repeat(paths.length) });
    });

    it(
      "type-checks in a strict project that skips no declaration file",
      async () => {
        const [anywhere, onNode] = [false, true].map((node) =>
          paths.filter((path) => (forNode || path.endsWith("/node")) === node),
        );
        await expectToTypeCheck(project, anywhere ?? [], []);
        await expectToTypeCheck(project, onNode ?? [], ["node"]);
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
    // The kernel comes on top; the codec's own tests hold it to a limit of its own.
    { name: "@maxcompute-tunnel/codec", external: [/\/kernel\/[a-z-]+\.js$/], limit: 30 * 1024 },
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
