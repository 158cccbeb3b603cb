import type { TableTarget } from "maxcompute-tunnel";
import { CliError } from "../errors.ts";
import type { Settings } from "../settings/settings.ts";
import type { LoadPlace } from "../state/upload-details.ts";

/** Where a load goes, for its journal: nothing of it is secret. */
export function settingsOf({ endpoint, tunnelEndpoint }: Settings, { project }: TableTarget): LoadPlace {
  return {
    project,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(tunnelEndpoint === undefined ? {} : { tunnelEndpoint }),
  };
}

/**
 * Makes sure that a load goes on where it began: the settings around it may have changed meanwhile.
 *
 * @throws CliError `load-elsewhere`
 */
export function checkSamePlace(began: LoadPlace | undefined, now: LoadPlace): void {
  if (began === undefined) return;
  const changed = (["project", "endpoint"] as const).find(
    (name) => began[name] !== undefined && now[name] !== undefined && began[name] !== now[name],
  );
  if (changed === undefined) return;
  throw new CliError(
    "load-elsewhere",
    `The load began with the ${changed} ${began[changed]}, and the settings say ${now[changed]} now.`,
    { next: `Say --${changed} ${began[changed]}, or the profile that has it.` },
  );
}
