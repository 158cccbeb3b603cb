import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Credentials, CredentialsProvider } from "@maxcompute-tunnel/transport";
import type { CliIo } from "../cli-io.ts";
import { CliError } from "../errors.ts";
import { readAliyunProfile } from "./aliyun-config.ts";
import { cloudCredentials } from "./cloud-credentials.ts";
import type { Profile } from "./config-file.ts";
import { credentialProcess } from "./credential-process.ts";
import { warnIfExposed } from "./exposed-file.ts";
import type { OdpsConfig } from "./odps-config.ts";

/** Who to be, with the name of the one place that all of it came from. */
export interface FoundCredentials {
  /** As in "Check the access key in the environment". */
  readonly source: string;
  /** What is asked before every request, or the key itself. */
  readonly credentials: Credentials | CredentialsProvider;
  readonly warnings: readonly string[];
}

/** The files that credentials may come from besides the environment. */
export interface CredentialFiles {
  readonly profile: Profile | undefined;
  readonly odpsConfig: OdpsConfig | undefined;
}

/**
 * Takes the credentials from the first place that has any: `ODPS_*`, `ALIBABA_CLOUD_*`, the profile, `odps_config.ini`,
 * `~/.aliyun/config.json`, and then the ways to a temporary key that the environment names.
 *
 * Places are never mixed: an id from one and a key from another would sign in someone else's name, or fail in a way
 * nobody understands. A place that has a part of what it takes is an error, not passed over.
 */
export async function findCredentials(io: CliIo, files: CredentialFiles): Promise<FoundCredentials> {
  const found =
    (await fromOdpsEnvironment(io)) ??
    fromAlibabaEnvironment(io) ??
    (files.profile && (await fromProfile(io, files.profile))) ??
    (files.odpsConfig && fromOdpsConfig(files.odpsConfig)) ??
    (await fromAliyunConfig(io, undefined)) ??
    fromChain(io);
  if (found !== undefined) return found;
  throw new CliError("missing-credentials", "No credentials were found.", {
    next: "Run mctunnel configure, or set ODPS_ACCESS_ID and ODPS_ACCESS_KEY.",
  });
}

async function fromOdpsEnvironment({ env, cwd }: CliIo): Promise<FoundCredentials | undefined> {
  const source = "in the environment";
  const isTemporary = Boolean(env["ODPS_STS_ACCESS_KEY_ID"] || env["ODPS_STS_ACCESS_KEY_SECRET"]);
  const names = isTemporary
    ? (["ODPS_STS_ACCESS_KEY_ID", "ODPS_STS_ACCESS_KEY_SECRET", "ODPS_STS_TOKEN"] as const)
    : (["ODPS_ACCESS_ID", "ODPS_ACCESS_KEY", "ODPS_STS_TOKEN"] as const);
  const key = keyOf(names, (name) => env[name], source);
  if (key !== undefined) return key;
  if (env["ODPS_BEARER_TOKEN"]) return bearer(env["ODPS_BEARER_TOKEN"], source);
  const file = env["ODPS_BEARER_TOKEN_FILE"];
  if (!file) return undefined;
  const path = resolve(cwd, file);
  const token = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new CliError(
      "incomplete-credentials",
      `The file of ODPS_BEARER_TOKEN_FILE cannot be read (${cause.code}).`,
    );
  });
  const warnings = await warnIfExposed(path);
  return { ...bearer(token.trim(), "in the file of ODPS_BEARER_TOKEN_FILE"), warnings };
}

function fromAlibabaEnvironment({ env }: CliIo): FoundCredentials | undefined {
  const names = [
    "ALIBABA_CLOUD_ACCESS_KEY_ID",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
    "ALIBABA_CLOUD_SECURITY_TOKEN",
  ] as const;
  return keyOf(names, (name) => env[name], "in the environment");
}

async function fromProfile(io: CliIo, profile: Profile): Promise<FoundCredentials | undefined> {
  const { values, name, file, warnings } = profile;
  const source = `in profile ${name} of ${file}`;
  const key = keyOf(["access_id", "access_key", "sts_token"], (member) => values[member], source);
  const ways = [key !== undefined, values.bearer_token, values.credential_process, values.credential_source];
  if (ways.filter(Boolean).length > 1) {
    throw new CliError(
      "incomplete-credentials",
      `Profile ${name} of ${file} names more than one way to a key; it may hold one of access_id with access_key, bearer_token, credential_process and credential_source.`,
    );
  }
  if (key !== undefined) return { ...key, warnings };
  if (values.bearer_token !== undefined) return { ...bearer(values.bearer_token, source), warnings };
  const command = values.credential_process;
  if (command !== undefined) {
    return { source: `of ${source.slice(3)}`, credentials: credentialProcess(command, source, io), warnings };
  }
  if (values.credential_source === undefined) return undefined;
  return await fromNamedSource(io, values.credential_source, source);
}

/** `credential_source` of a profile. */
async function fromNamedSource(io: CliIo, text: string, source: string): Promise<FoundCredentials> {
  const [kind, rest] = text.split(/:(.*)/s);
  const found =
    kind === "ecs-ram-role"
      ? ({
          source: `of the ECS RAM role named ${source}`,
          credentials: cloudCredentials({ kind, roleName: rest || undefined }, source),
          warnings: [],
        } satisfies FoundCredentials)
      : kind === "oidc"
        ? fromOidc(io)
        : kind === "aliyun-cli"
          ? await fromAliyunConfig(io, rest || undefined)
          : unknownSource(text, source);
  if (found !== undefined) return found;
  const missing = kind === "oidc" ? oidcVariables.join(", ") : "a key in ~/.aliyun/config.json";
  throw new CliError(
    "incomplete-credentials",
    `credential_source is ${text} (${source}), but there is no ${missing}.`,
  );
}

function unknownSource(text: string, source: string): never {
  throw new CliError("invalid-setting", `credential_source is "${text}" (${source}), which is not known.`, {
    next: "It may be ecs-ram-role, ecs-ram-role:NAME, oidc, aliyun-cli or aliyun-cli:PROFILE.",
  });
}

function fromOdpsConfig(config: OdpsConfig): FoundCredentials | undefined {
  const { file, accessId, accessKey, stsToken, otherProvider, warnings } = config;
  if (otherProvider !== undefined) {
    throw new CliError(
      "invalid-setting",
      `${file} has account_provider=${otherProvider}, which mctunnel does not know.`,
      { next: "Name the way to a key in a profile: mctunnel configure set credential_source ecs-ram-role" },
    );
  }
  const members = { access_id: accessId, access_key: accessKey, sts_token: stsToken };
  const key = keyOf(["access_id", "access_key", "sts_token"], (name) => members[name], `in ${file}`);
  return key && { ...key, warnings };
}

async function fromAliyunConfig(io: CliIo, asked: string | undefined): Promise<FoundCredentials | undefined> {
  const profile = await readAliyunProfile(io, asked);
  if (profile === undefined) return undefined;
  const { key, name, file, warnings } = profile;
  const source = `in profile ${name} of ${file}`;
  switch (key.kind) {
    case "access-key": {
      const { accessKeyId, accessKeySecret, securityToken } = key;
      return { ...accessKey(accessKeyId, accessKeySecret, securityToken, source), warnings };
    }
    case "process":
      return { source, credentials: credentialProcess(key.command, source, io), warnings };
    case "cloud":
      return { source, credentials: cloudCredentials(key.way, source), warnings };
  }
}

/** The rest of Alibaba Cloud's usual chain: what the environment of a container or an instance names. */
function fromChain(io: CliIo): FoundCredentials | undefined {
  const { env } = io;
  const oidc = fromOidc(io);
  if (oidc !== undefined) return oidc;
  const roleName = env["ALIBABA_CLOUD_ECS_METADATA"];
  if (roleName && env["ALIBABA_CLOUD_ECS_METADATA_DISABLED"]?.toLowerCase() !== "true") {
    const source = "ALIBABA_CLOUD_ECS_METADATA";
    const credentials = cloudCredentials({ kind: "ecs-ram-role", roleName }, source);
    return { source: `of the ECS RAM role ${roleName}`, credentials, warnings: [] };
  }
  const uri = env["ALIBABA_CLOUD_CREDENTIALS_URI"];
  if (!uri) return undefined;
  const source = "from ALIBABA_CLOUD_CREDENTIALS_URI";
  return { source, credentials: cloudCredentials({ kind: "uri", uri }, source), warnings: [] };
}

function fromOidc({ env }: CliIo): FoundCredentials | undefined {
  const [roleArn, providerArn, tokenFile] = oidcVariables.map((name) => env[name]);
  if (!roleArn || !providerArn || !tokenFile) return undefined;
  const sessionName = env["ALIBABA_CLOUD_ROLE_SESSION_NAME"] || undefined;
  const source = "ALIBABA_CLOUD_OIDC_TOKEN_FILE";
  const way = { kind: "oidc", roleArn, providerArn, tokenFile, sessionName } as const;
  return { source: "of the OIDC token", credentials: cloudCredentials(way, source), warnings: [] };
}

const oidcVariables = [
  "ALIBABA_CLOUD_ROLE_ARN",
  "ALIBABA_CLOUD_OIDC_PROVIDER_ARN",
  "ALIBABA_CLOUD_OIDC_TOKEN_FILE",
] as const;

/** A key of one place: all of it, none of it, or an error. */
function keyOf<Name extends string>(
  [idName, keyName, tokenName]: readonly [id: Name, key: Name, token: Name],
  read: (name: Name) => string | undefined,
  source: string,
): FoundCredentials | undefined {
  const id = read(idName) || undefined;
  const key = read(keyName) || undefined;
  const token = read(tokenName) || undefined;
  if (id === undefined && key === undefined && token === undefined) return undefined;
  if (id !== undefined && key !== undefined) return accessKey(id, key, token, source);
  const missing = id === undefined ? idName : keyName;
  const present = id !== undefined ? idName : key !== undefined ? keyName : tokenName;
  throw new CliError("incomplete-credentials", `${present} is set, but ${missing} is not (${source}).`, {
    next: `Set ${missing} too, or remove ${present}; credentials from different places are never combined.`,
  });
}

function accessKey(
  accessKeyId: string,
  accessKeySecret: string,
  securityToken: string | undefined,
  source: string,
): FoundCredentials {
  const credentials: Credentials = {
    kind: "access-key",
    accessKeyId,
    accessKeySecret,
    ...(securityToken === undefined ? {} : { securityToken }),
  };
  return { source, credentials, warnings: [] };
}

function bearer(token: string, source: string): FoundCredentials {
  return { source, credentials: { kind: "bearer", token }, warnings: [] };
}
