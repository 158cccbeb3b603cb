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
  /** Of one partition of a load that deals its rows out: the id of that load. */
  readonly group?: string;
  /** With `group`: what the rows come from, in a text that differs when they do. */
  readonly source?: string;
  /** Of a load that deals its rows out: the partition keys. */
  readonly partitionBy?: readonly string[];
}

/** The service that a load goes to. */
export interface LoadPlace {
  readonly project?: string;
  readonly endpoint?: string;
  readonly tunnelEndpoint?: string;
}

/** The same as the journal keeps it. */
export function writeUploadDetails({ settings, ...details }: UploadDetails): JsonValue {
  const { argv, cwd, rejectsFile, group, source, partitionBy } = details;
  return {
    argv,
    cwd,
    ...(group === undefined ? {} : { group }),
    ...(source === undefined ? {} : { source }),
    ...(partitionBy === undefined ? {} : { partitionBy }),
    ...(rejectsFile === undefined ? {} : { rejectsFile }),
    ...(settings === undefined ? {} : { settings: { ...settings } }),
  };
}

/** Reads details back; nothing for those of another program. */
export function readUploadDetails(details: JsonValue | undefined): UploadDetails | undefined {
  if (typeof details !== "object" || details === null || Array.isArray(details)) return undefined;
  const { argv, cwd, rejectsFile, settings, group, source, partitionBy } = details as {
    readonly [name: string]: JsonValue;
  };
  if (!isTexts(argv)) return undefined;
  if (typeof cwd !== "string") return undefined;
  return {
    argv,
    cwd,
    ...(typeof rejectsFile === "string" ? { rejectsFile } : {}),
    ...(isPlace(settings) ? { settings } : {}),
    ...(typeof group === "string" ? { group } : {}),
    ...(typeof source === "string" ? { source } : {}),
    ...(isTexts(partitionBy) ? { partitionBy } : {}),
  };
}

function isTexts(value: JsonValue | undefined): value is readonly string[] {
  return Array.isArray(value) && value.every((member) => typeof member === "string");
}

function isPlace(value: JsonValue | undefined): value is LoadPlace & { readonly [name: string]: JsonValue } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((member) => typeof member === "string");
}
