import { cpus, release, totalmem, type } from "node:os";

/** When and on what something was measured. */
export interface Stamp {
  readonly date: string;
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes?: number;
  readonly system?: string;
}

export function stampNow(): Stamp {
  const [cpu] = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    node: process.versions.node,
    cpu: cpu?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryBytes: totalmem(),
    system: `${type()} ${release().split("-")[0]}`,
  };
}

export function stampLine({ date, node, cpu, cores, memoryBytes, system }: Stamp): string {
  const memory = memoryBytes === undefined ? "" : `, ${(memoryBytes / 1e9).toFixed(0)} GB`;
  return `Measured ${date} under Node ${node} on ${cores} × ${cpu}${memory}${system === undefined ? "" : `, ${system}`}`;
}
