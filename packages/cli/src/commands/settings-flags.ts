import type { CommandContext, TypedFlagParameter } from "@stricli/core";
import type { SettingsFlags } from "../settings/settings.ts";
import { wholeNumber } from "./value-parsers.ts";

/** Flags that every command takes, besides its own. */
export interface CommonFlags extends SettingsFlags {
  readonly retries?: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

type FlagsOf<Flags> = { readonly [Name in keyof Flags]-?: TypedFlagParameter<Flags[Name], CommandContext> };

/** How the common flags are read and explained. */
export const commonFlags: FlagsOf<CommonFlags> = {
  endpoint: text("URL", "Service endpoint [ODPS_ENDPOINT]"),
  tunnelEndpoint: text("URL", "Tunnel endpoint, if not the one the service names [ODPS_TUNNEL_ENDPOINT]"),
  project: text("NAME", "Project of a table named without one [ODPS_PROJECT]"),
  schema: text("NAME", "Schema of a table named without one"),
  profile: text("NAME", "Profile in ~/.mctunnel/config.toml [MCTUNNEL_PROFILE]"),
  odpsConfig: text("FILE", "An odps_config.ini of odpscmd to read [MCTUNNEL_ODPS_CONFIG]"),
  region: text("NAME", "Sign for this region (V4 signature)"),
  quotaName: text("NAME", "Tunnel quota to draw from"),
  caFile: text("FILE", "Certificate authorities to trust besides the usual ones [MCTUNNEL_CA_FILE]"),
  retries: {
    kind: "parsed",
    parse: wholeNumber(0, 100),
    placeholder: "N",
    brief: "How often a failed request is sent again (7 if not said)",
    optional: true,
  },
  json: flag("Write one JSON object to stdout"),
  quiet: flag("Write nothing but errors (and JSON, if asked for)"),
};

/** A flag with a value that is taken as it is. */
export function text(
  placeholder: string,
  brief: string,
): TypedFlagParameter<string | undefined, CommandContext> {
  return { kind: "parsed", parse: nonEmpty, placeholder, brief, optional: true };
}

/** A flag without a value. */
export function flag(brief: string): TypedFlagParameter<boolean | undefined, CommandContext> {
  return { kind: "boolean", brief, optional: true, withNegated: false };
}

function nonEmpty(input: string): string {
  if (input.trim() === "") throw new SyntaxError("expected a value, got nothing");
  return input;
}
