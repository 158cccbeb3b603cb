import { readFile, realpath } from "node:fs/promises";
import { delimiter, dirname, join, resolve } from "node:path";
import type { CliIo } from "../cli-io.ts";
import { CliError } from "../errors.ts";
import { warnIfExposed } from "./exposed-file.ts";

/** What the `odps_config.ini` of odpscmd says, under our own names. */
export interface OdpsConfig {
  readonly file: string;
  readonly endpoint: string | undefined;
  readonly tunnelEndpoint: string | undefined;
  readonly project: string | undefined;
  readonly quotaName: string | undefined;
  readonly accessId: string | undefined;
  readonly accessKey: string | undefined;
  readonly stsToken: string | undefined;
  /** How odpscmd would get its key, where that is none of the ordinary ways. */
  readonly otherProvider: string | undefined;
  /** Everything it holds, by lower-case name: any option of `tunnel upload` may stand there. */
  readonly all: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
}

/**
 * Reads the configuration of odpscmd as it is: the file that was named, or the one in `~/.odpscmd`, or the one of the
 * odpscmd on the path.
 *
 * @throws CliError `invalid-config-file` when a file that was named cannot be read.
 */
export async function readOdpsConfig(io: CliIo, named: string | undefined): Promise<OdpsConfig | undefined> {
  if (named !== undefined) {
    const file = resolve(io.cwd, named);
    const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
      const why = error.code === "ENOENT" ? "there is no such file" : `it cannot be read (${error.code})`;
      throw new CliError("invalid-config-file", `The configuration file ${file} cannot be used: ${why}.`, {
        cause: error,
      });
    });
    return await ofText(file, text);
  }
  for (const file of await usualPlaces(io)) {
    const text = await readFile(file, "utf8").catch(() => undefined);
    if (text !== undefined) return await ofText(file, text);
  }
  return undefined;
}

/** Reads `name=value` lines; `#` and `!` begin a comment, names are the same in any case, the last one wins. */
export function parseOdpsConfig(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/)) {
    const match = /^\s*([^#!=:\s][^=:\s]*)\s*[=:]\s*(.*?)\s*$/u.exec(line);
    if (match?.[2]) values.set(match[1]!.toLowerCase(), match[2]);
  }
  return values;
}

async function ofText(file: string, text: string): Promise<OdpsConfig> {
  const all = parseOdpsConfig(text);
  const provider = all.get("account_provider")?.toLowerCase();
  const ordinary = provider === undefined || provider === "aliyun" || provider === "sts";
  const holdsKey = all.has("access_key") || all.has("sts_token");
  return {
    file,
    endpoint: all.get("end_point") ?? all.get("endpoint"),
    tunnelEndpoint: all.get("tunnel_endpoint"),
    project: all.get("project_name"),
    quotaName: all.get("quota_name"),
    accessId: all.get("access_id"),
    accessKey: all.get("access_key"),
    stsToken: all.get("sts_token"),
    otherProvider: ordinary ? undefined : provider,
    all,
    warnings: holdsKey ? await warnIfExposed(file) : [],
  };
}

async function usualPlaces({ env, homeDirectory }: CliIo): Promise<readonly string[]> {
  const places = [join(homeDirectory, ".odpscmd", "odps_config.ini")];
  for (const folder of (env["PATH"] ?? "").split(delimiter)) {
    if (folder === "") continue;
    const program = await realpath(join(folder, "odpscmd")).catch(() => undefined);
    if (program !== undefined) places.push(join(dirname(program), "..", "conf", "odps_config.ini"));
  }
  return places;
}
