import { exitCodes, type FailureKind } from "../../exit-codes.ts";

/** What is checked, in this order. */
export type CheckName = (typeof checkNames)[number];

export const checkNames = [
  "config",
  "dns",
  "endpoint",
  "clock",
  "signature",
  "routing",
  "permission",
  "write",
] as const;

/** How a check ended. */
export type CheckResult =
  | { readonly name: CheckName; readonly status: "ok"; readonly message: string }
  | { readonly name: CheckName; readonly status: "skipped"; readonly message: string }
  | {
      readonly name: CheckName;
      readonly status: "failed";
      readonly message: string;
      /** What to do about it. */
      readonly fix: string | undefined;
      readonly kind: FailureKind;
    };

/** The exit code of the first failure; 0 when there is none. */
export function exitCodeOfChecks(results: readonly CheckResult[]): number {
  for (const result of results) if (result.status === "failed") return exitCodes[result.kind];
  return 0;
}

/** One line for people, and one more with what to fix. */
export function checkLines(result: CheckResult): string {
  const line = `${result.status.padEnd(8)}${result.name.padEnd(11)}${result.message}\n`;
  const fix = result.status === "failed" ? result.fix : undefined;
  return fix === undefined ? line : `${line}${" ".repeat(19)}fix: ${fix}\n`;
}
