import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SecretWatch } from "./watch.ts";

/** Larger files hold rows; keys would stand in journals, settings and logs. */
const largestFile = 4 * 1024 * 1024;
const mostFiles = 500;

/**
 * Looks at everything that a test left behind in a temporary directory before that is removed. What a test itself put
 * there is not looked at, and neither are files whose very purpose is to hold a key.
 */
export function watchFiles(watch: SecretWatch): void {
  const own = new Set<string>();
  const note = (path: unknown, data: unknown): void => {
    if (typeof path !== "string" && !(path instanceof URL)) return;
    collectSettings(watch, data);
    if (isTest(new Error().stack ?? "")) own.add(`${path}`);
  };
  const sync = fs.writeFileSync;
  fs.writeFileSync = ((path: never, data: never, ...rest: never[]) => {
    note(path, data);
    sync(path, data, ...rest);
  }) as typeof fs.writeFileSync;
  const { writeFile, rm } = fs.promises;
  fs.promises.writeFile = (async (path: never, data: never, ...rest: never[]) => {
    note(path, data);
    await writeFile(path, data, ...rest);
  }) as typeof fs.promises.writeFile;
  fs.promises.rm = (async (path: never, ...rest: never[]) => {
    lookInto(`${path}`, own, watch);
    await rm(path, ...rest);
  }) as typeof fs.promises.rm;
  const { rmSync } = fs;
  fs.rmSync = ((path: never, ...rest: never[]) => {
    lookInto(`${path}`, own, watch);
    rmSync(path, ...rest);
  }) as typeof fs.rmSync;
  syncBuiltinESMExports();
}

/** Secrets that stand in the settings that a test writes. */
function collectSettings(watch: SecretWatch, data: unknown): void {
  if (typeof data !== "string" || data.length > 100_000) return;
  for (const match of data.matchAll(settings)) watch.addSecret(match[1] ?? match[2] ?? "");
}

const settings =
  /(?:access_key(?:_secret)?|accessKeySecret|sts_token|security_token|bearer_token)"?[ \t]*[=:][ \t]*(?:"([^"\n]*)"|([^\s"#,}]+))/gi;

function lookInto(path: string, own: ReadonlySet<string>, watch: SecretWatch): void {
  if (!path.startsWith(tmpdir())) return;
  let left = mostFiles;
  const visit = (at: string): void => {
    if (left-- <= 0) return;
    const stat = fs.lstatSync(at, { throwIfNoEntry: false });
    if (stat?.isDirectory()) {
      for (const name of fs.readdirSync(at)) {
        if (name !== "node_modules") visit(join(at, name));
      }
    } else if (stat?.isFile() && stat.size <= largestFile && !own.has(at) && !isKeyFile(at)) {
      watch.look(fs.readFileSync(at, "latin1"), `the file ${at}`);
    }
  };
  try {
    visit(path);
  } catch {
    // Whoever removes it will be told what is wrong with it.
  }
}

/** `mctunnel configure` writes these, with the key that it was given. */
function isKeyFile(path: string): boolean {
  return /\/config(?:uration)?\.toml$/.test(path);
}

/** Whether a test called, and not what is tested. */
function isTest(stack: string): boolean {
  const callers = stack
    .split("\n")
    .filter(
      (line) => /file:|\//.test(line) && !line.includes("/secret-watch/") && !line.includes("node:internal"),
    );
  return /\/test\/|\.test\.ts|\/testkit\//.test(callers[0] ?? "");
}
