import { kills } from "./kill/kills-command.ts";
import { network } from "./network/network-command.ts";

const [name = "kills", ...rest] = process.argv.slice(2);
const commands: Readonly<Record<string, (args: readonly string[]) => Promise<boolean>>> = { kills, network };
const known = commands[name];
if (known === undefined) {
  process.stderr.write(`Expected one of ${Object.keys(commands).join(", ")}, got "${name}"\n`);
  process.exit(2);
}
process.exitCode = (await known(rest)) ? 0 : 1;
