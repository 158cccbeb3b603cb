import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Each wall: a file, a line that must not stand in it, and the same kind of line where it may. */
const walls = [
  {
    wall: "codec does not know transport",
    file: "packages/codec/src/record/illegal.ts",
    line: 'export * from "@maxcompute-tunnel/transport/signing";',
    rule: "lint/style/noRestrictedImports",
    legal: "packages/session/src/legal.ts",
  },
  {
    wall: "codec does not know session",
    file: "packages/codec/src/illegal.ts",
    line: 'import type { BlockBody } from "@maxcompute-tunnel/session";\nexport type X = BlockBody;',
    rule: "lint/style/noRestrictedImports",
    legal: "packages/writer/src/legal.ts",
  },
  {
    wall: "session does not know codec",
    file: "packages/session/src/illegal.ts",
    line: 'export { crc32c } from "@maxcompute-tunnel/codec";',
    rule: "lint/style/noRestrictedImports",
    legal: "packages/writer/src/legal.ts",
  },
  {
    wall: "service does not know session",
    file: "packages/service/src/illegal.ts",
    line: 'export * from "@maxcompute-tunnel/session";',
    rule: "lint/style/noRestrictedImports",
    legal: "packages/tunnel/src/legal.ts",
  },
  {
    wall: "files do not know session",
    file: "packages/files/src/illegal.ts",
    line: 'export * from "@maxcompute-tunnel/session";',
    rule: "lint/style/noRestrictedImports",
    legal: "packages/writer/src/legal.ts",
  },
  {
    wall: "the writer does not know files",
    file: "packages/writer/src/illegal.ts",
    line: 'export * from "@maxcompute-tunnel/files";',
    rule: "lint/style/noRestrictedImports",
    legal: "packages/cli/src/legal.ts",
  },
  {
    wall: "the emulator takes nothing but signing from transport",
    file: "packages/emulator/src/illegal.ts",
    line: 'export { createTransport } from "@maxcompute-tunnel/transport";',
    rule: "lint/style/noRestrictedImports",
    legal: "packages/tunnel/src/legal.ts",
  },
  {
    wall: "no package uses the emulator outside its tests",
    file: "packages/cli/src/illegal.ts",
    line: 'export { startEmulator } from "@maxcompute-tunnel/emulator";',
    rule: "lint/style/noRestrictedImports",
    legal: "packages/session/src/legal.test.ts",
  },
  {
    wall: "no package uses the testkit outside its tests",
    file: "packages/tunnel/src/illegal.ts",
    line: 'export { serve } from "@maxcompute-tunnel/testkit";',
    rule: "lint/style/noRestrictedImports",
    legal: "packages/tunnel/src/legal.test.ts",
  },
  {
    wall: "the testkit rests on no package of ours, not even in its tests",
    file: "packages/testkit/src/illegal.test.ts",
    line: 'export { createTransport } from "@maxcompute-tunnel/transport";',
    rule: "lint/style/noRestrictedImports",
    legal: "packages/session/src/legal.ts",
  },
  {
    wall: "no package imports an app by name",
    file: "packages/cli/src/illegal.ts",
    line: 'export * from "@maxcompute-tunnel/app-demo";',
    rule: "lint/style/noRestrictedImports",
    legal: undefined,
  },
  {
    wall: "no test of a package imports an app by path",
    file: "packages/cli/src/illegal.test.ts",
    line: 'export * from "../../../apps/demo/src/main.ts";',
    rule: "lint/style/noRestrictedImports",
    legal: undefined,
  },
  {
    wall: "no app imports another",
    file: "apps/bench/src/illegal.ts",
    line: 'export * from "@maxcompute-tunnel/app-testee";',
    rule: "lint/style/noRestrictedImports",
    legal: undefined,
  },
  {
    wall: "ky stays in one file",
    file: "packages/transport/src/illegal.ts",
    line: 'import ky from "ky";\nexport { ky };',
    rule: "lint/style/noRestrictedImports",
    legal: "packages/transport/src/ky-transport.ts",
  },
  {
    wall: "protobufjs stays in one folder",
    file: "packages/codec/src/record/illegal.ts",
    line: 'import protobuf from "protobufjs/minimal.js";\nexport { protobuf };',
    rule: "lint/style/noRestrictedImports",
    legal: "packages/codec/src/wire/legal.ts",
  },
  {
    wall: "undici stays behind the node entry",
    file: "packages/transport/src/illegal.ts",
    line: 'export { Agent } from "undici";',
    rule: "lint/style/noRestrictedImports",
    legal: "packages/transport/src/node/legal.ts",
  },
  {
    wall: "universal code uses nothing of Node",
    file: "packages/writer/src/block/illegal.ts",
    line: 'export { readFile } from "node:fs/promises";',
    rule: "lint/correctness/noNodejsModules",
    legal: "packages/writer/src/node/legal.ts",
  },
  {
    wall: "source uses no development dependency",
    file: "packages/codec/src/illegal.ts",
    line: 'export * from "fast-check";',
    rule: "lint/correctness/noUndeclaredDependencies",
    legal: "packages/codec/src/legal.test.ts",
  },
  {
    wall: "no code is generated with Function",
    file: "packages/codec/src/illegal.ts",
    line: 'export const add: unknown = new Function("a", "b", "return a + b");',
    rule: "lint/nursery/noImpliedEval",
    legal: undefined,
  },
  {
    wall: "no code is evaluated",
    file: "apps/testee/src/illegal.ts",
    line: 'export const two: unknown = eval("1 + 1");',
    rule: "lint/security/noGlobalEval",
    legal: undefined,
  },
] as const;

let copy: string;
let found: ReadonlySet<string>;

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), "walls-"));
  await cp(join(root, "biome.json"), join(copy, "biome.json"));
  for (const kind of ["packages", "apps"]) {
    for (const name of await readdir(join(root, kind))) {
      await mkdir(join(copy, kind, name), { recursive: true });
      await cp(join(root, kind, name, "package.json"), join(copy, kind, name, "package.json"));
    }
  }
  const lines = new Map<string, string>();
  for (const [index, wall] of walls.entries()) {
    lines.set(placed(wall.file, index), wall.line);
    if (wall.legal !== undefined) lines.set(placed(wall.legal, index), wall.line);
  }
  for (const [file, text] of lines) {
    await mkdir(dirname(join(copy, file)), { recursive: true });
    await writeFile(join(copy, file), `${text}\n`);
  }
  found = new Set(await lint(copy));
});

afterAll(() => rm(copy, { recursive: true, force: true }));

describe("walls", () => {
  for (const [index, { wall, file, rule, legal }] of walls.entries()) {
    it(wall, () => {
      expect([...found]).toContain(`${placed(file, index)} ${rule}`);
      if (legal !== undefined) expect([...found]).not.toContain(`${placed(legal, index)} ${rule}`);
    });
  }

  it("gives no two packages a class of the same name", async () => {
    const owners = new Map<string, string[]>();
    for (const name of await readdir(join(root, "packages"))) {
      const source = join(root, "packages", name, "src");
      const classes = new Set<string>();
      for (const file of await readdir(source, { recursive: true })) {
        if (!file.endsWith(".ts") || file.endsWith(".test.ts")) continue;
        const text = await readFile(join(source, file), "utf8");
        for (const match of text.matchAll(/^export (?:abstract )?class (\w+)/gm)) classes.add(match[1] ?? "");
      }
      for (const className of classes) owners.set(className, [...(owners.get(className) ?? []), name]);
    }
    expect(owners.size).toBeGreaterThan(5);
    expect([...owners].filter(([, packages]) => packages.length > 1)).toEqual([]);
  });
});

/** Every case gets a file of its own, except where the very name of the file is what is allowed. */
function placed(file: string, index: number): string {
  if (file.endsWith("/ky-transport.ts")) return file;
  return file.replace(/(illegal|legal)(?=\.)/, `$1-${index}`);
}

/** What Biome reports for a copy of the workspace, as `file rule`. */
async function lint(folder: string): Promise<readonly string[]> {
  const biome = join(root, "node_modules", "@biomejs", "biome", "bin", "biome");
  const args = [biome, "lint", "--vcs-enabled=false", "--reporter=json", "--max-diagnostics=none"];
  const report = await promisify(execFile)(process.execPath, args, { cwd: folder, maxBuffer: 1 << 26 }).then(
    ({ stdout }) => stdout,
    (error: { readonly stdout: string }) => error.stdout,
  );
  const { diagnostics } = JSON.parse(report) as {
    readonly diagnostics: readonly {
      readonly category: string;
      readonly location: { readonly path: string };
    }[];
  };
  return diagnostics.map(({ category, location }) => `${location.path} ${category}`);
}
