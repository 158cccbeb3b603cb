import type { CliIo } from "../cli-io.ts";
import { CliError } from "../errors.ts";
import { type Profile, type ProfileKey, readProfile } from "./config-file.ts";
import { type AccessKey, findAccessKey } from "./credentials.ts";

/** The flags that every command takes. */
export interface SettingsFlags {
  readonly endpoint?: string;
  readonly tunnelEndpoint?: string;
  readonly project?: string;
  readonly schema?: string;
  readonly profile?: string;
  readonly region?: string;
  readonly quotaName?: string;
}

/** Where the service is, in whose name to call it, and what a short table name means. */
export interface Settings {
  readonly endpoint: string | undefined;
  readonly tunnelEndpoint: string | undefined;
  readonly project: string | undefined;
  readonly schema: string | undefined;
  /** Signs for this region (the V4 signature); without one, requests carry the V1 signature. */
  readonly region: string | undefined;
  readonly quotaName: string | undefined;
  readonly accessKey: AccessKey;
  /** Things that are allowed and still worth a word, one sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Puts the settings together: a flag beats the environment, the environment beats the profile.
 *
 * @throws CliError for what is missing, incomplete or malformed.
 */
export async function readSettings(flags: SettingsFlags, io: CliIo): Promise<Settings> {
  const { env } = io;
  const profile = await readProfile(io, flags.profile ?? (env["MCTUNNEL_PROFILE"] || undefined));
  const warnings = profile?.exposed
    ? [`${profile.file} holds a key and others may read it; run: chmod 600 ${profile.file}`]
    : [];
  const pick = (flag: string | undefined, key: ProfileKey, ...variables: string[]): string | undefined => {
    if (flag !== undefined) return clean(flag);
    const variable = variables.find((name) => env[name]);
    const stored = profile?.values[key];
    if (variable === undefined) return stored && clean(stored);
    if (flags.profile !== undefined && stored !== undefined && stored !== env[variable]) {
      warnings.push(
        `${variable} from the environment is used instead of "${key}" of profile ${flags.profile}.`,
      );
    }
    return clean(env[variable]!);
  };
  const endpoint = checkUrl("endpoint", pick(flags.endpoint, "endpoint", "ODPS_ENDPOINT"));
  const tunnelEndpoint = checkUrl(
    "tunnel endpoint",
    pick(flags.tunnelEndpoint, "tunnel_endpoint", "ODPS_TUNNEL_ENDPOINT"),
  );
  const project = pick(flags.project, "project", "ODPS_PROJECT", "ODPS_PROJECT_NAME");
  const schema = pick(flags.schema, "schema");
  const region = pick(flags.region, "region");
  const quotaName = pick(flags.quotaName, "quota_name");
  if (endpoint === undefined && tunnelEndpoint === undefined) {
    throw new CliError("missing-setting", "The service's endpoint is not known.", {
      next: 'Say --endpoint URL, or set ODPS_ENDPOINT, or "endpoint" in ~/.mctunnel/config.toml.',
    });
  }
  const accessKey = findAccessKey(env, profile);
  noteOtherKey(accessKey, profile, flags.profile, warnings);
  return { endpoint, tunnelEndpoint, project, schema, region, quotaName, accessKey, warnings };
}

function noteOtherKey(
  accessKey: AccessKey,
  profile: Profile | undefined,
  asked: string | undefined,
  warnings: string[],
): void {
  const stored = profile?.values.access_id;
  if (asked === undefined || stored === undefined || stored === accessKey.accessKeyId) return;
  warnings.push(`The access key from the environment is used instead of the one in profile ${asked}.`);
}

function checkUrl(what: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw new CliError("invalid-setting", `The ${what} has to be an http or https URL.`, {
      next: "For example https://service.cn-shanghai.maxcompute.aliyun.com/api",
    });
  }
  if (url.username !== "" || url.password !== "") {
    throw new CliError("invalid-setting", `The ${what} must not hold a user name or password.`);
  }
  return text.replace(/\/+$/, "");
}

function clean(text: string): string {
  return text.trim();
}
