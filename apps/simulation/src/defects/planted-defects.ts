import { diskDefects } from "./disk-defects.ts";
import { networkDefects } from "./network-defects.ts";
import type { PlantedDefect } from "./planted-defect.ts";
import { sessionDefects } from "./session-defects.ts";

/** Every planted defect. */
export const plantedDefects: readonly PlantedDefect[] = [
  ...networkDefects,
  ...sessionDefects,
  ...diskDefects,
];

/** The planted defect of a name; throws when there is none. */
export function defectNamed(name: string): PlantedDefect {
  const found = plantedDefects.find((defect) => defect.name === name);
  if (found === undefined) {
    const names = plantedDefects.map((defect) => defect.name).join(", ");
    throw new RangeError(`Expected one of ${names}, got ${JSON.stringify(name)}`);
  }
  return found;
}
