import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { CliIo } from "../cli-io.ts";
import { CliError } from "../errors.ts";
import type { CloudCredentials } from "./cloud-credentials.ts";
import { warnIfExposed } from "./exposed-file.ts";

/** What a profile of the aliyun command line says about keys. */
export interface AliyunProfile {
  readonly name: string;
  readonly file: string;
  readonly key:
    | {
        readonly kind: "access-key";
        readonly accessKeyId: string;
        readonly accessKeySecret: string;
        readonly securityToken: string | undefined;
      }
    | { readonly kind: "process"; readonly command: string }
    | { readonly kind: "cloud"; readonly way: CloudCredentials };
  readonly warnings: readonly string[];
}

/**
 * Reads `~/.aliyun/config.json` as it is: the profile that was asked for, or the one in `ALIBABA_CLOUD_PROFILE`, or the
 * file's current one.
 *
 * @returns nothing when there is no such file, or it holds no key and none was asked for.
 * @throws CliError `invalid-config-file` or `invalid-setting`
 */
export async function readAliyunProfile(
  io: CliIo,
  asked: string | undefined,
): Promise<AliyunProfile | undefined> {
  const file = join(io.homeDirectory, ".aliyun", "config.json");
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw invalid(file, `it cannot be read (${error.code})`);
  });
  if (text === undefined) return undefined;
  const document = parse(file, text);
  const wanted = asked ?? (io.env["ALIBABA_CLOUD_PROFILE"] || undefined);
  const name = wanted ?? (typeof document.current === "string" ? document.current : "default");
  const profile = (Array.isArray(document.profiles) ? document.profiles : []).find(
    (candidate: Members) => candidate?.["name"] === name,
  ) as Members | undefined;
  if (profile === undefined) {
    if (wanted === undefined) return undefined;
    throw new CliError("invalid-setting", `${file} has no profile "${name}".`);
  }
  const key = keyOf(file, name, profile);
  if (key === undefined) return undefined;
  const holdsKey = key.kind === "access-key" || (key.kind === "cloud" && key.way.kind === "ram-role-arn");
  return { name, file, key, warnings: holdsKey ? await warnIfExposed(file) : [] };
}

type Members = Readonly<Record<string, unknown>>;

function keyOf(file: string, name: string, profile: Members): AliyunProfile["key"] | undefined {
  const read = (member: string): string | undefined => {
    const value = profile[member];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const need = (member: string): string => {
    const value = read(member);
    if (value !== undefined) return value;
    throw invalid(file, `profile "${name}" has no "${member}"`);
  };
  const mode = read("mode") ?? "AK";
  switch (mode) {
    case "AK":
    case "StsToken": {
      // A profile that was begun and never filled in stands for no key at all.
      if (read("access_key_id") === undefined && read("access_key_secret") === undefined) return undefined;
      return {
        kind: "access-key",
        accessKeyId: need("access_key_id"),
        accessKeySecret: need("access_key_secret"),
        securityToken: mode === "StsToken" ? need("sts_token") : undefined,
      };
    }
    case "RamRoleArn":
      return cloud({
        kind: "ram-role-arn",
        accessKeyId: need("access_key_id"),
        accessKeySecret: need("access_key_secret"),
        securityToken: read("sts_token"),
        roleArn: need("ram_role_arn"),
        sessionName: read("ram_session_name"),
      });
    case "EcsRamRole":
      return cloud({ kind: "ecs-ram-role", roleName: read("ram_role_name") });
    case "OIDC":
      return cloud({
        kind: "oidc",
        roleArn: need("ram_role_arn"),
        providerArn: need("oidc_provider_arn"),
        tokenFile: need("oidc_token_file"),
        sessionName: read("ram_session_name"),
      });
    case "CredentialsURI":
      return cloud({ kind: "uri", uri: need("credentials_uri") });
    case "External":
      return { kind: "process", command: need("process_command") };
    default:
      throw invalid(file, `profile "${name}" has the mode "${mode}", which is not known here`);
  }
}

function cloud(way: CloudCredentials): AliyunProfile["key"] {
  return { kind: "cloud", way };
}

function parse(file: string, text: string): { readonly current?: unknown; readonly profiles?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // The parser's own message quotes the text, and the text may hold a key.
  }
  throw invalid(file, "it is no JSON object");
}

function invalid(file: string, why: string): CliError {
  return new CliError(
    "invalid-config-file",
    `The file ${file} of the aliyun command cannot be used: ${why}.`,
    {
      next: "Run aliyun configure, or give mctunnel a key of its own: mctunnel configure",
    },
  );
}
