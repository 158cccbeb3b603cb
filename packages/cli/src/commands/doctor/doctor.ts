import { platformSleep } from "@maxcompute-tunnel/transport";
import { createAgent } from "@maxcompute-tunnel/transport/node";
import { createTunnel, type TableTarget } from "maxcompute-tunnel";
import { readSettings, type Settings } from "../../settings/settings.ts";
import { type CliContext, type CommandRun, runCommand } from "../cli-context.ts";
import { configurationOf, readTarget } from "../open-table.ts";
import type { CommonFlags } from "../settings-flags.ts";
import { type CheckResult, checkLines, checkNames, exitCodeOfChecks } from "./check-result.ts";
import { checkDns, checkEndpointAndClock, type Probe } from "./reach-endpoint.ts";
import { checkPermission, checkSignatureAndRouting, checkWrite, failed, skipped } from "./try-service.ts";

/** `mctunnel doctor [TABLE]`. */
export async function doctor(this: CliContext, flags: CommonFlags, table?: string): Promise<void> {
  await runCommand(this, "doctor", flags, async (run) => {
    const { io } = run;
    const results: CheckResult[] = [];
    const tell = (...found: readonly CheckResult[]): boolean => {
      results.push(...found);
      if (flags.json !== true && flags.quiet !== true) io.stdout.write(found.map(checkLines).join(""));
      return found.every(({ status }) => status !== "failed");
    };
    await examine(run, flags, table, tell);
    const unchecked = checkNames.filter((name) => !results.some((result) => result.name === name));
    tell(...unchecked.map((name) => skipped(name, "a check before it has failed")));
    this.exitCode = exitCodeOfChecks(results);
    if (flags.json !== true) return;
    const report = { ok: this.exitCode === 0, command: "doctor", exitCode: this.exitCode, checks: results };
    io.stdout.write(`${JSON.stringify(report)}\n`);
  });
}

type Tell = (...found: readonly CheckResult[]) => boolean;

/** Goes from check to check as long as the next one makes sense. */
async function examine(
  run: CommandRun,
  flags: CommonFlags,
  table: string | undefined,
  tell: Tell,
): Promise<void> {
  const { io, stop } = run;
  let settings: Settings;
  let target: TableTarget | undefined;
  try {
    settings = await readSettings(flags, io);
    target = table === undefined ? undefined : readTarget(table, settings);
  } catch (error) {
    tell(failed("config", error));
    return;
  }
  for (const warning of settings.warnings) io.stderr.write(`warning: ${warning}\n`);
  const address = settings.endpoint ?? settings.tunnelEndpoint!;
  tell({
    name: "config",
    status: "ok",
    message: `${address} (${settings.endpointSource}), key ${settings.credentials.source}`,
  });
  await using agent = createAgent(settings.ca === undefined ? {} : { ca: settings.ca });
  const probe: Probe = { env: io.env, dispatcher: agent.dispatcher, now: io.now, signal: stop.signal };
  if (!tell(await checkDns(address, probe))) return;
  const [reached, clock] = await checkEndpointAndClock(address, probe);
  tell(reached, clock);
  if (reached.status === "failed") return;

  const project = settings.project ?? target?.project;
  const known: Settings = { ...settings, project };
  const tunnel = createTunnel({
    ...configurationOf(known, target ?? { project: project ?? "?", table: "?" }),
    dispatcher: agent.dispatcher,
    // A check is worth one more try, not a quarter of an hour.
    retry: { maxAttempts: 2, maxDelayMs: 500, budgetMs: 10_000 },
    clock: { now: io.now, sleep: platformSleep, random: Math.random },
  });
  if (!tell(...(await checkSignatureAndRouting(tunnel, known, stop.signal)))) return;
  if (target === undefined) {
    const message = "no table was named: mctunnel doctor PROJECT.TABLE";
    tell(skipped("permission", message), skipped("write", message));
    return;
  }
  const { result, session } = await checkPermission(tunnel, target, stop.signal);
  if (tell(result) && session !== undefined) tell(await checkWrite(session, stop.signal));
}
