import type { JsonValue } from "@maxcompute-tunnel/writer";

/** What the command writes into the journal of a load, to find it again. It never holds a secret. */
export interface UploadDetails {
  /** The command line, without `mctunnel`. */
  readonly argv: readonly string[];
  /** The directory that relative names start at. */
  readonly cwd: string;
  /** The file that refused rows are written to, with its whole path. */
  readonly rejectsFile?: string;
  /** Where it went. */
  readonly settings?: LoadPlace;
}

/** The service that a load goes to. */
export interface LoadPlace {
  readonly project?: string;
  readonly endpoint?: string;
  readonly tunnelEndpoint?: string;
}

/** The same as the journal keeps it. */
export function writeUploadDetails({ argv, cwd, rejectsFile, settings }: UploadDetails): JsonValue {
  return {
    argv,
    cwd,
    ...(rejectsFile === undefined ? {} : { rejectsFile }),
    ...(settings === undefined ? {} : { settings: { ...settings } }),
  };
}

/** Reads details back; nothing for those of another program. */
export function readUploadDetails(details: JsonValue | undefined): UploadDetails | undefined {
  if (typeof details !== "object" || details === null || Array.isArray(details)) return undefined;
  const { argv, cwd, rejectsFile, settings } = details as { readonly [name: string]: JsonValue };
  if (!Array.isArray(argv) || !argv.every((word) => typeof word === "string")) return undefined;
  if (typeof cwd !== "string") return undefined;
  return {
    argv,
    cwd,
    ...(typeof rejectsFile === "string" ? { rejectsFile } : {}),
    ...(isPlace(settings) ? { settings } : {}),
  };
}

function isPlace(value: JsonValue | undefined): value is LoadPlace & { readonly [name: string]: JsonValue } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((member) => typeof member === "string");
}
