/** A name that a profile of the configuration file may hold. */
export type ProfileKey = keyof typeof profileKeys;

/** What each means, in the order in which `configure list` shows them. */
export const profileKeys = {
  endpoint: "Service endpoint; it names the tunnel",
  tunnel_endpoint: "Tunnel endpoint, if not the one the service names",
  project: "Project of a table named without one",
  schema: "Schema of a table named without one",
  region: "Region to sign for (V4)",
  quota_name: "Tunnel quota to draw from",
  ca_file: "Certificate authorities to trust besides the usual ones (PEM)",
  access_id: "Access key id",
  access_key: "Access key secret",
  sts_token: "Token of a temporary key",
  bearer_token: "Bearer token, instead of a key",
  credential_process: "Command that prints a key as JSON",
  credential_source: "ecs-ram-role, ecs-ram-role:NAME, oidc or aliyun-cli[:PROFILE]",
} as const;

/** Whether a value must never be shown. */
export function isSecretKey(key: ProfileKey): boolean {
  return key === "access_key" || key === "sts_token" || key === "bearer_token";
}

/** All names. */
export const profileKeyNames: readonly ProfileKey[] = Object.keys(profileKeys) as ProfileKey[];
