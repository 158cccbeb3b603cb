import { CliError } from "../errors.ts";
import type { Profile } from "./config-file.ts";

/** An access key, with the name of the one place that all of it came from. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken: string | undefined;
  readonly source: string;
}

/**
 * Takes the credentials from the first place that has any: `ODPS_*`, then `ALIBABA_CLOUD_*`, then the profile.
 *
 * Places are never mixed: an id from one and a key from another would sign in someone else's name, or fail in a way
 * nobody understands. A place that has a part of what it takes is an error, not passed over.
 */
export function findAccessKey(
  env: Readonly<Record<string, string | undefined>>,
  profile: Profile | undefined,
): AccessKey {
  const places = [
    fromEnvironment(env, "ODPS_ACCESS_ID", "ODPS_ACCESS_KEY", "ODPS_STS_TOKEN"),
    fromEnvironment(
      env,
      "ALIBABA_CLOUD_ACCESS_KEY_ID",
      "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
      "ALIBABA_CLOUD_SECURITY_TOKEN",
    ),
    ...(profile === undefined ? [] : [fromProfile(profile)]),
  ];
  for (const { id, key, token, source, names } of places) {
    if (id === undefined && key === undefined && token === undefined) continue;
    if (id !== undefined && key !== undefined) {
      return { accessKeyId: id, accessKeySecret: key, securityToken: token, source };
    }
    const missing = id === undefined ? names.id : names.key;
    const present = id !== undefined ? names.id : key !== undefined ? names.key : names.token;
    throw new CliError("incomplete-credentials", `${present} is set, but ${missing} is not (${source}).`, {
      next: `Set ${missing} too, or remove ${present}; credentials from different places are never combined.`,
    });
  }
  throw new CliError("missing-credentials", "No credentials were found.", {
    next: "Set ODPS_ACCESS_ID and ODPS_ACCESS_KEY, or write access_id and access_key into ~/.mctunnel/config.toml.",
  });
}

interface Place {
  readonly id: string | undefined;
  readonly key: string | undefined;
  readonly token: string | undefined;
  readonly source: string;
  readonly names: { readonly id: string; readonly key: string; readonly token: string };
}

function fromEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  id: string,
  key: string,
  token: string,
): Place {
  return {
    id: env[id] || undefined,
    key: env[key] || undefined,
    token: env[token] || undefined,
    source: "in the environment",
    names: { id, key, token },
  };
}

function fromProfile(profile: Profile): Place {
  return {
    id: profile.values.access_id,
    key: profile.values.access_key,
    token: profile.values.sts_token,
    source: `in profile ${profile.name} of ${profile.file}`,
    names: { id: "access_id", key: "access_key", token: "sts_token" },
  };
}
