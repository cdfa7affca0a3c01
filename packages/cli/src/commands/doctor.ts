import { plainText } from '@snug/protocol';
import * as checks from '../run/doctor-checks.ts';
import { serveOptions } from '../serve-options.ts';

const HELP = `snug doctor: checks that everything is there for \`snug serve\`, with the same flags

Exit codes: 0 all is well, 1 something is broken.`;

/** `snug doctor`: one line a check; what is not well comes with what to do. */
export async function doctor(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    console.log(HELP);
    return 0;
  }
  const { options, warnings } = serveOptions(args);
  for (const warning of warnings) console.warn(warning);
  let isWell = true;
  const asked = [
    () => checks.checkNode(),
    () => checks.checkSharp(),
    () => checks.checkDatabase(),
    () => checks.checkPacks(options),
    () => checks.checkFolder(options),
    () => checks.checkDisk(options),
    () => checks.checkPort(options),
  ];
  // in order, so that a line stands for what is looked at
  for (const check of asked) {
    const { level, text, remedy } = await check();
    console.log(`${level.padEnd(4)}  ${plainText(text)}${remedy ? `: ${remedy}` : ''}`);
    isWell &&= level !== 'fail';
  }
  return isWell ? 0 : 1;
}
