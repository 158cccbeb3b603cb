import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { CliIo } from "../cli-io.ts";
import { CliError } from "../errors.ts";
import { type Profile, readProfile } from "./config-file.ts";
import { type FoundCredentials, findCredentials } from "./credentials.ts";
import { checkEndpoint, isReadableOnTheWay } from "./endpoint.ts";
import { type OdpsConfig, readOdpsConfig } from "./odps-config.ts";
import type { ProfileKey } from "./profile-keys.ts";

/** The flags that every command takes. */
export interface SettingsFlags {
  readonly endpoint?: string;
  readonly tunnelEndpoint?: string;
  readonly project?: string;
  readonly schema?: string;
  readonly profile?: string;
  readonly odpsConfig?: string;
  readonly region?: string;
  readonly quotaName?: string;
  readonly caFile?: string;
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
  /** Certificate authorities in PEM form to trust besides the usual ones. */
  readonly ca: string | undefined;
  readonly credentials: FoundCredentials;
  /** Where the endpoint was found, in words. */
  readonly endpointSource: string;
  /** Things that are allowed and still worth a word, one sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Puts the settings together: a flag beats the environment, the environment beats the profile, and the
 * `odps_config.ini` of odpscmd stands in where there is no profile.
 *
 * @throws CliError for what is missing, incomplete or malformed.
 */
export async function readSettings(flags: SettingsFlags, io: CliIo): Promise<Settings> {
  const places = await readPlaces(flags, io);
  const { profile, odpsConfig } = places;
  const warnings = [...(profile?.warnings ?? [])];
  const endpoint = pick(places, warnings, settingNames.endpoint);
  const tunnel = pick(places, warnings, settingNames.tunnelEndpoint);
  // A tunnel endpoint belongs to the service endpoint it stands with.
  const stray = endpoint !== undefined && tunnel !== undefined && tunnel.rank > endpoint.rank;
  if (stray) {
    warnings.push(
      `The tunnel endpoint ${tunnel.where} is not used, because the endpoint is the one ${endpoint.where}.`,
    );
  }
  const chosen = endpoint ?? tunnel;
  if (chosen === undefined) {
    throw new CliError("missing-setting", "The service's endpoint is not known.", {
      next: "Run mctunnel configure, or say --endpoint URL, or set ODPS_ENDPOINT.",
    });
  }
  const endpoints = {
    endpoint: endpoint && checkEndpoint("endpoint", endpoint.value),
    tunnelEndpoint: tunnel && !stray ? checkEndpoint("tunnel endpoint", tunnel.value) : undefined,
  };
  for (const url of Object.values(endpoints)) {
    if (url === undefined || !isReadableOnTheWay(url)) continue;
    warnings.push(`${url} is plain http: rows and tokens can be read, and changed, by anybody on the way.`);
    break;
  }
  const credentials = await findCredentials(io, { profile, odpsConfig });
  noteOtherKey(credentials, profile, flags.profile, warnings);
  warnings.push(...credentials.warnings.filter((warning) => !warnings.includes(warning)));
  return {
    ...endpoints,
    project: pick(places, warnings, settingNames.project)?.value,
    schema: pick(places, warnings, settingNames.schema)?.value,
    region: pick(places, warnings, settingNames.region)?.value,
    quotaName: pick(places, warnings, settingNames.quotaName)?.value,
    ca: await readAuthorities(pick(places, warnings, settingNames.caFile), places, io),
    credentials,
    endpointSource: chosen.where,
    warnings,
  };
}

interface Places {
  readonly flags: SettingsFlags;
  readonly env: CliIo["env"];
  readonly profile: Profile | undefined;
  readonly odpsConfig: OdpsConfig | undefined;
}

async function readPlaces(flags: SettingsFlags, io: CliIo): Promise<Places> {
  const { env } = io;
  const profile = await readProfile(io, flags.profile ?? (env["MCTUNNEL_PROFILE"] || undefined));
  const named = flags.odpsConfig ?? (env["MCTUNNEL_ODPS_CONFIG"] || undefined);
  const odpsConfig =
    profile === undefined || named !== undefined ? await readOdpsConfig(io, named) : undefined;
  return { flags, env, profile, odpsConfig };
}

/** Where one setting may stand. */
interface SettingNames {
  readonly flag: Exclude<keyof SettingsFlags, "profile" | "odpsConfig">;
  readonly variables: readonly string[];
  readonly key: ProfileKey;
  readonly odps?: "endpoint" | "tunnelEndpoint" | "project" | "quotaName";
}

const settingNames = {
  endpoint: { flag: "endpoint", variables: ["ODPS_ENDPOINT"], key: "endpoint", odps: "endpoint" },
  tunnelEndpoint: {
    flag: "tunnelEndpoint",
    variables: ["ODPS_TUNNEL_ENDPOINT"],
    key: "tunnel_endpoint",
    odps: "tunnelEndpoint",
  },
  project: {
    flag: "project",
    variables: ["ODPS_PROJECT", "ODPS_PROJECT_NAME"],
    key: "project",
    odps: "project",
  },
  schema: { flag: "schema", variables: [], key: "schema" },
  region: { flag: "region", variables: [], key: "region" },
  quotaName: { flag: "quotaName", variables: [], key: "quota_name", odps: "quotaName" },
  caFile: { flag: "caFile", variables: ["MCTUNNEL_CA_FILE"], key: "ca_file" },
} as const satisfies Record<string, SettingNames>;

/** A setting with the place that it was found in; a lower rank is nearer to the person. */
interface Picked {
  readonly value: string;
  readonly rank: 0 | 1 | 2 | 3;
  readonly where: string;
}

function pick(
  { flags, env, profile, odpsConfig }: Places,
  warnings: string[],
  { flag, variables, key, odps }: SettingNames,
): Picked | undefined {
  const said = flags[flag];
  if (said !== undefined) return { value: said.trim(), rank: 0, where: "on the command line" };
  const variable = variables.find((name) => env[name]);
  const stored = profile?.values[key];
  if (variable !== undefined) {
    if (flags.profile !== undefined && stored !== undefined && stored !== env[variable]) {
      warnings.push(
        `${variable} from the environment is used instead of "${key}" of profile ${flags.profile}.`,
      );
    }
    return { value: env[variable]!.trim(), rank: 1, where: `in ${variable}` };
  }
  if (profile !== undefined && stored !== undefined) {
    return { value: stored.trim(), rank: 2, where: `in profile ${profile.name}` };
  }
  const old = odps === undefined ? undefined : odpsConfig?.[odps];
  return old === undefined ? undefined : { value: old, rank: 3, where: `in ${odpsConfig!.file}` };
}

/** Relative names start at the folder of the file they stand in. */
async function readAuthorities(
  picked: Picked | undefined,
  { profile }: Places,
  io: CliIo,
): Promise<string | undefined> {
  if (picked === undefined) return undefined;
  const file = resolve(picked.rank === 2 ? dirname(profile!.file) : io.cwd, picked.value);
  const pem = await readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new CliError("invalid-setting", `The certificate file ${file} cannot be read (${cause.code}).`);
  });
  if (pem.includes("-----BEGIN CERTIFICATE-----")) return pem;
  throw new CliError("invalid-setting", `The certificate file ${file} holds no certificate in PEM form.`);
}

function noteOtherKey(
  { source }: FoundCredentials,
  profile: Profile | undefined,
  asked: string | undefined,
  warnings: string[],
): void {
  if (asked === undefined || profile?.values.access_id === undefined) return;
  if (source.includes(`profile ${profile.name} of ${profile.file}`)) return;
  warnings.push(`The access key from the environment is used instead of the one in profile ${asked}.`);
}
